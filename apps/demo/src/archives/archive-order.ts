import { IsInt, IsOptional, Max, Min } from 'class-validator';

/** Is what a client asks for. */
export class ArchiveOrder {
  /** Is how many daily logs to pack. */
  @Max(60)
  @Min(1)
  @IsInt()
  readonly days: number;

  /** Is the day whose log is damaged, to see a job fail. */
  @IsInt()
  @IsOptional()
  readonly damagedDay: number | null = null;
}

declare module '@nest-channels/core' {
  interface ChannelContents {
    /** Is the channel of the background work. */
    'archives.pack': ArchiveOrder & { readonly id: string };
    /** Is the group of those who watch it. */
    archives: { readonly text: string };
  }
}
