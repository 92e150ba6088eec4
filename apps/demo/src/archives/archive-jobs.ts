import { Injectable } from '@nestjs/common';

const MAX_JOBS = 20;

/** Is how far a job has come. */
export interface ArchiveJob {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly days: number;
  readonly packedDays: number;
  readonly bytes: number;
  readonly packedBytes: number;
  /** Says why it failed. */
  readonly error?: string;
}

/** Remembers the newest 20 jobs, in this process, for those who come while they run. */
@Injectable()
export class ArchiveJobs {
  readonly #jobs = new Map<string, ArchiveJob>();

  latest(): ArchiveJob[] {
    return [...this.#jobs.values()].toReversed();
  }

  save(job: ArchiveJob): void {
    this.#jobs.set(job.id, job);
    const [oldest] = this.#jobs.keys();
    if (this.#jobs.size > MAX_JOBS) this.#jobs.delete(oldest);
  }
}
