import { createHash } from 'node:crypto';
import {
  BASE,
  COUNTS,
  EXPIRY,
  HANDING,
  LIFETIMES,
  MEMBERSHIPS,
  PARCELS,
  PUSHING,
} from './script-parts.js';

/** Is a Lua script that runs in Redis, all of it or nothing. */
export class Script {
  readonly sha: string;

  constructor(readonly lua: string) {
    this.sha = createHash('sha1').update(lua).digest('hex');
  }
}

const PUSHING_PARTS = [LIFETIMES, PARCELS, COUNTS, HANDING, PUSHING];

/** Are the scripts of the layer. */
export const SCRIPTS = {
  /** Takes part: an epoch to begin, lifetime of the signs, own id, lease; tells the epoch. */
  enter: always(
    [],
    `
local lifetime, me = ARGV[2], ARGV[3]
call('SET', R .. 'epoch', ARGV[1], 'NX')
call('SET', R .. 'ver', 0, 'NX')
for _, key in ipairs({ 'layout', 'epoch', 'ver' }) do call('PEXPIRE', R .. key, lifetime) end
call('XADD', R .. 'p:' .. me, 'MAXLEN', '~', 1000, '*', 'here', '')
call('PEXPIRE', R .. 'p:' .. me, ARGV[4])
return { now, call('GET', R .. 'epoch') }`,
  ),

  /** Sends messages: expiry, key lifetime, then name, capacity, count and parcel for each name. */
  send: script(
    PUSHING_PARTS,
    `
local expiry = tonumber(ARGV[1])
local outcomes, expired = {}, {}
for i = 3, #ARGV, 4 do
  local name, capacity, count = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local push = string.sub(name, -1) == '!' and push_to_mailbox or push_to_queue
  local accepted, size = push(name, capacity, expiry, expired, count, ARGV[i + 3])
  outcomes[#outcomes + 1] = accepted
  outcomes[#outcomes + 1] = size
end
keep_touched(ARGV[2])
return { now, expired, outcomes }`,
  ),

  /** Sends to a group: expiry, key lifetime, group, body. */
  groupSend: script(
    [...PUSHING_PARTS, MEMBERSHIPS],
    `
local expiry, group, body = tonumber(ARGV[1]), ARGV[3], ARGV[4]
local expired, came = {}, {}
local function note(name, size, members, capacity)
  came[#came + 1] = { name, size, members, capacity }
end
local gr = R .. 'gr:' .. group
local readers = call('HGETALL', gr)
for i = 1, #readers, 2 do
  local prefix = readers[i]
  local version, capacity = string.match(readers[i + 1], '^(%d+):(%d+)$')
  local gm = R .. 'gm:' .. group .. ':' .. prefix
  local members = call('EXISTS', R .. 'cx:' .. prefix) == 1 and call('ZCARD', gm) or 0
  if members == 0 then
    call('HDEL', gr, prefix)
    call('DEL', gm)
  else
    capacity = tonumber(capacity)
    local room, sent, read = room_in_mailbox(prefix, 1, capacity, expiry, expired)
    local size = -1
    if room > 0 then
      size = put_in_mailbox(prefix, sent + 1, read, 'g', group, 'v', version, 'd', body)
    end
    note(prefix, size, members, capacity)
  end
end
local gn, parcel = R .. 'gn:' .. group, struct.pack('>BI4', 0, #body) .. body
for _, channel in ipairs(call('ZRANGEBYSCORE', gn, '-inf', now)) do leave(group, channel, '') end
for _, channel in ipairs(call('ZRANGE', gn, 0, -1)) do
  local capacity = tonumber(call('HGET', R .. 'gk:' .. group, channel) or '0')
  local accepted, size = push_to_queue(channel, capacity, expiry, expired, 1, parcel)
  note(channel, accepted > 0 and size or -1, 1, capacity)
end
keep_touched(ARGV[2])
return { now, expired, came }`,
  ),

  /** Adds to a group behind a prefix: group, prefix, capacity, lease, own id, then channels. */
  join: script(
    [MEMBERSHIPS],
    `
local group, prefix, capacity, lease, me = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local limit, refused = tonumber(ARGV[6]), 0
local gm, gr, cx = R .. 'gm:' .. group .. ':' .. prefix, R .. 'gr:' .. group, R .. 'cx:' .. prefix
local known = call('HGET', gr, prefix)
local before = tonumber(known and string.match(known, '^(%d+)') or '0')
local version = before
for i = 7, #ARGV do
  local channel = ARGV[i]
  if not call('ZSCORE', gm, channel) then
    local groups = call('HGET', cx, channel)
    if groups and select(2, string.gsub(groups, ' ', '')) + 1 >= limit then
      refused = refused + 1
    else
      version = call('INCR', R .. 'ver')
      call('ZADD', gm, version, channel)
      call('HSET', cx, channel, groups and (groups .. ' ' .. group) or group)
    end
  end
end
if refused == #ARGV - 6 then return { refused, before, before } end
call('HSET', gr, prefix, version .. ':' .. capacity)
call('SADD', R .. 'pg:' .. prefix, group)
for _, key in ipairs({ gm, gr, cx, R .. 'pg:' .. prefix }) do call('PEXPIRE', key, lease) end
if version ~= before then tell_owner(prefix, group, me) end
return { refused, before, version }`,
  ),

  /** Adds a normal channel to a group: group, channel, capacity, for how long. */
  joinAlone: script(
    [],
    `
local group, channel, capacity, lasts = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local gn, gk, cn = R .. 'gn:' .. group, R .. 'gk:' .. group, R .. 'cn:' .. channel
call('ZADD', gn, now + lasts, channel)
call('HSET', gk, channel, capacity)
call('SADD', cn, group)
for _, key in ipairs({ gn, gk, cn }) do call('PEXPIRE', key, math.max(lasts, call('PTTL', key))) end`,
  ),

  /** Takes a channel out of a group: own id, group, channel. */
  leave: always([MEMBERSHIPS], `return leave(ARGV[2], ARGV[3], ARGV[1]) or {}`),

  /** Takes a channel out of all its groups: own id, channel. */
  leaveAll: always([MEMBERSHIPS], `return leave_all(ARGV[2], ARGV[1])`),

  /** Lists the members of a group: group. */
  members: always(
    [],
    `
local group = ARGV[1]
local members = call('ZRANGEBYSCORE', R .. 'gn:' .. group, '(' .. now, '+inf')
for _, prefix in ipairs(call('HKEYS', R .. 'gr:' .. group)) do
  if call('EXISTS', R .. 'cx:' .. prefix) == 1 then
    local behind = call('ZRANGE', R .. 'gm:' .. group .. ':' .. prefix, 0, -1)
    for _, channel in ipairs(behind) do members[#members + 1] = channel end
  end
end
return members`,
  ),

  /** Tells who joined behind a prefix since a version: group, prefix, version. */
  joined: always(
    [],
    `
local group, prefix = ARGV[1], ARGV[2]
local known = call('HGET', R .. 'gr:' .. group, prefix)
local version = tonumber(known and string.match(known, '^(%d+)') or '0')
local gm = R .. 'gm:' .. group .. ':' .. prefix
return { version, call('ZCARD', gm), call('ZRANGEBYSCORE', gm, '(' .. ARGV[3], '+inf', 'WITHSCORES') }`,
  ),

  /** Says who reads a prefix and lists its groups: prefix, own id, lease. */
  own: always(
    [],
    `
call('SET', R .. 'o:' .. ARGV[1], ARGV[2], 'PX', ARGV[3])
return call('SMEMBERS', R .. 'pg:' .. ARGV[1])`,
  ),

  /** Renews what a prefix holds, a part of its groups: prefix, own id, lease, cursor. */
  renew: always(
    [],
    `
local prefix, lease = ARGV[1], ARGV[3]
call('SET', R .. 'o:' .. prefix, ARGV[2], 'PX', lease)
local alive = call('PEXPIRE', R .. 'cx:' .. prefix, lease)
call('PEXPIRE', R .. 'pg:' .. prefix, lease)
local part = call('SSCAN', R .. 'pg:' .. prefix, ARGV[4], 'COUNT', 500)
for _, group in ipairs(part[2]) do
  call('PEXPIRE', R .. 'gr:' .. group, lease)
  call('PEXPIRE', R .. 'gm:' .. group .. ':' .. prefix, lease)
end
return { alive, part[1] }`,
  ),

  /** Drops what is over in a mailbox: name, expiry, since when it is read. */
  expire: always(
    [MEMBERSHIPS, PARCELS, COUNTS, EXPIRY],
    `return { now, expire_mailbox(ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])) }`,
  ),

  /** Takes out of mailboxes what was handed over: name, first place to keep, number, for each. */
  trim: always(
    [COUNTS],
    `
for i = 1, #ARGV, 3 do
  call('XTRIM', R .. 'b:' .. ARGV[i], 'MINID', ARGV[i + 1])
  gone(ARGV[i], tonumber(ARGV[i + 2]))
end`,
  ),

  /**
   * Hands messages to a process, or notes that it waits for them: own id, token of this request,
   * token of an earlier one that may still wait, "wait" or "look", first place to keep of what it
   * was handed, how many messages, lease, key lifetime, "join" where it is not yet known to read
   * these channels, and their names. One request gets messages once, of one channel.
   */
  claim: always(
    [LIFETIMES, HANDING],
    `
local me, token, previous, mode, keep_from = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local count, lease = tonumber(ARGV[6]), ARGV[7]
local wait = R .. 'wt:' .. me
if keep_from ~= '' then call('XTRIM', R .. 't:' .. me, 'MINID', keep_from) end
if call('EXISTS', wait) == 0 and previous ~= '' then return 'served' end
if ARGV[9] == 'join' then
  for i = 10, #ARGV do
    call('ZADD', R .. 'r:' .. ARGV[i], 'NX', 0, me)
    call('PEXPIRE', R .. 'r:' .. ARGV[i], lease)
  end
end
for i = 10, #ARGV do
  if hand(ARGV[i], me, token, count) then
    keep_touched(ARGV[8])
    return 'handed'
  end
end
if mode == 'wait' then call('SET', wait, token .. ' ' .. count, 'PX', lease) else call('DEL', wait) end
return mode == 'wait' and 'waiting' or 'nothing'`,
  ),

  /**
   * Puts messages back to the head of a channel that a process reads no more: name, own id, key
   * lifetime, then the last message first.
   */
  giveBack: always(
    [LIFETIMES, HANDING],
    `
local name = ARGV[1]
call('ZREM', R .. 'r:' .. name, ARGV[2])
for i = 4, #ARGV do call('LPUSH', R .. 'q:' .. name, ARGV[i]) end
touched[R .. 'q:' .. name] = true
serve(name)
keep_touched(ARGV[3])`,
  ),

  /** Removes those of these keys that are not of the type that their kind is of. */
  mend: always(
    [],
    `
local types = {
  q = 'list', b = 'stream', n = 'hash', r = 'zset', wt = 'string', t = 'stream', gr = 'hash',
  gm = 'zset', gn = 'zset', gk = 'hash', cx = 'hash', cn = 'set', pg = 'set', o = 'string',
  p = 'stream', epoch = 'string', ver = 'string',
}
local removed = 0
for _, key in ipairs(ARGV) do
  local wanted = types[string.match(key, '^[^:]*', #R + 1)]
  local is = call('TYPE', key).ok
  if wanted and is ~= 'none' and is ~= wanted then removed = removed + call('UNLINK', key) end
end
return removed`,
  ),

  /** Removes keys, and tells processes that all is gone: own id, or none to be silent; keys. */
  remove: always(
    [],
    `
local kept = { layout = true, epoch = true, ver = true, r = true, wt = true, p = true }
for i = 2, #ARGV do
  local key = ARGV[i]
  local kind = string.match(key, '^[^:]*', #R + 1)
  if kind == 'p' and ARGV[1] ~= '' then call('XADD', key, '*', 'reset', ARGV[1])
  elseif not kept[kind] then call('UNLINK', key) end
end`,
  ),
} as const;

/** Makes a script that Redis runs also when its memory is full: it adds next to nothing. */
function always(parts: readonly string[], lua: string): Script {
  return new Script(`#!lua flags=allow-oom\n${script(parts, lua).lua}`);
}

function script(parts: readonly string[], lua: string): Script {
  return new Script(`${BASE}${parts.join('')}${lua.trim()}\n`);
}
