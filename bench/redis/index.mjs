import * as broadcast from './broadcast.mjs';
import * as echo from './echo.mjs';
import * as groups from './groups.mjs';
import * as thereAndBack from './there-and-back.mjs';
import * as throughput from './throughput.mjs';

const topics = [throughput, groups, thereAndBack, echo, broadcast];

export const rows = topics.flatMap((topic) => topic.rows);
export const bars = topics.flatMap((topic) => topic.bars);
