import { IsString, Matches, MaxLength } from 'class-validator';

/** Is what an editor sends; the global ValidationPipe answers 400 for anything else. */
export class BlogDraft {
  @MaxLength(500, { message: 'A post has at most 500 characters.' })
  @Matches(/\S/, { message: 'A post needs some text.' })
  @IsString({ message: 'A post needs some text.' })
  readonly text: string;
}
