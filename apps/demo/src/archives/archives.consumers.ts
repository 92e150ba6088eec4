import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { Channels, Consumer, Content, type ContentOf, Message, Msg } from 'nest-channels';
import { type ArchiveJob, ArchiveJobs } from './archive-jobs.js';
import { dailyLog } from './daily-log.js';

/** Compresses on another thread, so that the other handlers of this process go on. */
const compress = promisify<string, Buffer>(brotliCompress);

/** Packs logs in the background, and tells everybody who watches how far it is. */
@Injectable()
export class ArchivesConsumers {
  constructor(
    private readonly jobs: ArchiveJobs,
    private readonly channels: Channels,
  ) {}

  @Consumer('websocket.connect', { path: '/archives' })
  async watch(@Msg() { replyChannel }: Message): Promise<void> {
    await this.channels.group('archives').add(replyChannel);
    const text = JSON.stringify({ type: 'latest', jobs: await this.jobs.latest() });
    await replyChannel.send({ accept: true, text }, { immediately: true });
  }

  @Consumer('archives.pack')
  async pack(@Content() order: ContentOf<'archives.pack'>): Promise<void> {
    const { id, days, damagedDay } = order;
    let job = newJob(id, days);
    try {
      while (job.packedDays < days) {
        await this.#report(job);
        job = await withNextDay(job, damagedDay);
      }
      await this.#report({ ...job, state: 'done' });
    } catch (error) {
      await this.#report({ ...job, state: 'failed', error: (error as Error).message });
      // The worker logs it; nobody sends the message again.
      throw error;
    }
  }

  /** Tells everybody at once: what a handler sends otherwise waits until it has ended. */
  async #report(job: ArchiveJob): Promise<void> {
    await this.jobs.save(job);
    const text = JSON.stringify({ type: 'progress', job });
    await this.channels.group('archives').send({ text }, { immediately: true });
  }
}

function newJob(id: string, days: number): ArchiveJob {
  const at = new Date().toISOString();
  return { id, at, state: 'running', days, packedDays: 0, bytes: 0, packedBytes: 0 };
}

async function withNextDay(job: ArchiveJob, damagedDay: number | null): Promise<ArchiveJob> {
  const packedDays = job.packedDays + 1;
  const log = dailyLog(packedDays, damagedDay);
  const packed = await compress(log);
  return {
    ...job,
    packedDays,
    bytes: job.bytes + log.length,
    packedBytes: job.packedBytes + packed.length,
  };
}
