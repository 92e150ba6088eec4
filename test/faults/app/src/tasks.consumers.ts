import { Injectable } from '@nestjs/common';
import { Consumer, Content } from 'nest-channels';

/** Tells of each task when it begins: what begins twice was run twice. */
@Injectable()
export class TasksConsumers {
  @Consumer('tasks')
  run(@Content('id') id: string): void {
    process.send?.({ kind: 'ran', id });
  }
}
