import * as broadcast from './broadcast.mjs';
import * as dispatch from './dispatch.mjs';
import * as echo from './echo.mjs';
import * as floods from './floods.mjs';
import * as idle from './idle.mjs';
import * as ordering from './ordering.mjs';
import * as residents from './residents.mjs';
import * as resets from './resets.mjs';
import * as slowReaders from './slow-readers.mjs';

const topics = [dispatch, echo, broadcast, idle, ordering, floods, slowReaders, resets, residents];

export const rows = topics.flatMap((topic) => topic.rows);
export const bars = topics.flatMap((topic) => topic.bars);
