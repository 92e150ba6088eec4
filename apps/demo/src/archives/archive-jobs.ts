import { Injectable } from '@nestjs/common';
import { type SharedMap, SharedMaps } from '../shared/shared-map.js';

const MAX_JOBS = 20;

/** Is how far a job has come. */
export interface ArchiveJob {
  readonly id: string;
  /** Is when it began, in ISO 8601. */
  readonly at: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly days: number;
  readonly packedDays: number;
  readonly bytes: number;
  readonly packedBytes: number;
  /** Says why it failed. */
  readonly error?: string;
}

/** Remembers the newest 20 jobs for those who come while they run. */
@Injectable()
export class ArchiveJobs {
  readonly #jobs: SharedMap;

  constructor(maps: SharedMaps) {
    this.#jobs = maps.map('archive-jobs');
  }

  async latest(): Promise<ArchiveJob[]> {
    return newestFirst(await this.#jobs.entries());
  }

  async save(job: ArchiveJob): Promise<void> {
    const before = await this.#jobs.put(job.id, JSON.stringify(job));
    const tooOld = newestFirst(before).slice(MAX_JOBS);
    for (const { id } of tooOld) await this.#jobs.take(id);
  }
}

function newestFirst(entries: ReadonlyMap<string, string>): ArchiveJob[] {
  const jobs = [...entries.values()].map((json) => JSON.parse(json) as ArchiveJob);
  return jobs.toSorted((a, b) => b.at.localeCompare(a.at));
}
