/*
 * Keys behind the root, what they are and hold:
 *   q:NAME      list    messages of a normal channel: 8 bytes of server time, then the body
 *   b:PREFIX    stream  messages of a mailbox: w how many were ever sent then, and either
 *                       p number and d parcel, or g group, v version and d body
 *   n:PREFIX    hash    messages ever sent to a mailbox (w) and gone from it (r)
 *   r:NAME      zset    ids of processes that read a normal channel, by when they last got some
 *   wt:ID       text    token and number of messages that a process waits for; gone when served
 *   t:ID        stream  what was handed to a process: t token, n name, d parcel of list entries
 *   gr:GROUP    hash    mailbox prefix → version:capacity, for each that has members
 *   gm:GROUP:P  zset    members behind a prefix, by the version that added them
 *   gn:GROUP    zset    members that are normal channels, by the time they leave
 *   gk:GROUP    hash    the capacity of each of these
 *   cx:PREFIX   hash    channel → its groups; there as long as the process lives
 *   cn:CHANNEL  set     groups of a normal channel
 *   pg:PREFIX   set     groups that have members behind a prefix
 *   o:PREFIX    text    id of the process that reads a prefix
 *   p:ID        stream  what a process is told: join (g, p) and reset (by)
 *   layout      text    how the prefix is used, which all processes agree on
 *   epoch       text    changes when Redis lost everything
 *   ver         number  of the last change of any membership behind a prefix
 */

/** Begins every script: the root of the keys and the time of Redis. */
export const BASE = `
local R = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local call = redis.call
`;

/** Keeps track of what was written to: it lives for as long as anybody may look. */
export const LIFETIMES = `
local touched = {}
-- Keeps what was pushed to for as long as anybody may look.
local function keep_touched(ttl)
  for key in pairs(touched) do call('PEXPIRE', key, ttl) end
end
`;

/** Changes who belongs to which group. */
export const MEMBERSHIPS = `
local function prefix_of(channel) return string.match(channel, '^[^!]*!') end
local function groups_in(text)
  local groups = {}
  for group in string.gmatch(text or '', '[^ ]+') do groups[#groups + 1] = group end
  return groups
end
local function tell_owner(prefix, group, me)
  local owner = call('GET', R .. 'o:' .. prefix)
  if owner and owner ~= me then
    call('XADD', R .. 'p:' .. owner, 'MAXLEN', '~', 10000, '*', 'join', group, 'p', prefix)
  end
end
-- Takes a channel out of a group; returns the version before and after, if it was a member.
local function leave(group, channel, me)
  local prefix = prefix_of(channel)
  if not prefix then
    call('HDEL', R .. 'gk:' .. group, channel)
    call('SREM', R .. 'cn:' .. channel, group)
    call('ZREM', R .. 'gn:' .. group, channel)
    return false
  end
  local gm = R .. 'gm:' .. group .. ':' .. prefix
  if call('ZREM', gm, channel) == 0 then return false end
  local rest = {}
  for _, each in ipairs(groups_in(call('HGET', R .. 'cx:' .. prefix, channel))) do
    if each ~= group then rest[#rest + 1] = each end
  end
  if #rest == 0 then call('HDEL', R .. 'cx:' .. prefix, channel)
  else call('HSET', R .. 'cx:' .. prefix, channel, table.concat(rest, ' ')) end
  local known = call('HGET', R .. 'gr:' .. group, prefix)
  local before, capacity = string.match(known or '0:0', '^(%d+):(%d+)$')
  local version = call('INCR', R .. 'ver')
  if call('EXISTS', gm) == 1 then
    call('HSET', R .. 'gr:' .. group, prefix, version .. ':' .. capacity)
  else
    call('HDEL', R .. 'gr:' .. group, prefix)
    call('SREM', R .. 'pg:' .. prefix, group)
  end
  tell_owner(prefix, group, me)
  return { tonumber(before), version }
end
local function leave_all(channel, me)
  local prefix = prefix_of(channel)
  local left = {}
  local groups
  if prefix then groups = groups_in(call('HGET', R .. 'cx:' .. prefix, channel))
  else groups = call('SMEMBERS', R .. 'cn:' .. channel) end
  for _, group in ipairs(groups) do
    local versions = leave(group, channel, me)
    if versions then
      left[#left + 1] = group
      left[#left + 1] = versions[1]
      left[#left + 1] = versions[2]
    end
  end
  return left
end
`;

/** Walks through parcels. */
export const PARCELS = `
-- Walks through a parcel: where a message begins and ends, and what it holds.
local function next_in(parcel, at)
  local local_end = at + string.byte(parcel, at)
  local body_at = local_end + 5
  local body_end = local_end + 4 + struct.unpack('>I4', parcel, local_end + 1)
  return string.sub(parcel, at + 1, local_end), body_at, body_end
end
`;

/** Counts what a mailbox holds. */
export const COUNTS = `
-- Numbers go on where the clock is, so that none of an earlier life of the mailbox comes again.
local function counts_of(name)
  local counts = call('HMGET', R .. 'n:' .. name, 'w', 'r')
  local start = now * 1000
  return tonumber(counts[1]) or start, tonumber(counts[2]) or start
end
local function gone(name, number)
  local sent, before = counts_of(name)
  if number > before and number <= sent then call('HSET', R .. 'n:' .. name, 'r', number) end
end
`;

/** Drops what is over; needs {@link MEMBERSHIPS}, {@link PARCELS} and {@link COUNTS}. */
export const EXPIRY = `
-- Lets those leave their groups whose messages were in an entry, as far as they were not read.
local function evict(name, fields, first)
  if fields[3] == 'g' and first == 0 then
    local members = call('ZRANGEBYSCORE', R .. 'gm:' .. fields[4] .. ':' .. name, 0, fields[6])
    for _, channel in ipairs(members) do leave_all(channel, '') end
  elseif fields[3] == 'p' then
    local parcel, at, number = fields[6], 1, 0
    while at <= #parcel do
      local local_part, _, body_end = next_in(parcel, at)
      number = number + 1
      if number > first then leave_all(name .. local_part, '') end
      at = body_end + 1
    end
  end
end
-- Drops the messages of a mailbox whose time is over, with the members they were for: nobody listens.
-- Whoever reads it since a time was only late for what came then, and its members stay.
local function expire_mailbox(name, expiry, since)
  local key = R .. 'b:' .. name
  local over = call('XRANGE', key, '-', now - expiry, 'COUNT', 1000)
  local dropped = 0
  for _, entry in ipairs(over) do
    local fields = entry[2]
    call('XDEL', key, entry[1])
    if fields[1] == 'w' then
      local _, read = counts_of(name)
      local last, count = tonumber(fields[2]), fields[3] == 'p' and tonumber(fields[4]) or 1
      local left = math.min(count, math.max(0, last - read))
      dropped = dropped + left
      if tonumber(string.match(entry[1], '^%d+')) < since then evict(name, fields, count - left) end
      gone(name, last)
    else
      dropped = dropped + 1
    end
  end
  return dropped
end
local function expire_queue(name, expiry)
  local key = R .. 'q:' .. name
  local dropped = 0
  local head = call('LINDEX', key, 0)
  while head and (#head < 8 or struct.unpack('>d', head) + expiry <= now) do
    call('LPOP', key)
    dropped = dropped + 1
    head = call('LINDEX', key, 0)
  end
  if dropped > 0 then leave_all(name, '') end
  return dropped
end
`;

/** Hands messages of lists to the processes that wait; needs {@link LIFETIMES}. */
export const HANDING = `
-- Moves messages to the stream of a process, which reads that without taking anything out.
local function hand(name, id, token, count)
  local key, parts, bytes = R .. 'q:' .. name, {}, 0
  while count > 0 and bytes < 1048576 do
    local asked = math.min(32, count)
    local entries = call('LPOP', key, asked)
    if not entries then break end
    for each = 1, #entries do
      local entry = entries[each]
      parts[#parts + 1] = struct.pack('>BI4', 0, #entry)
      parts[#parts + 1] = entry
      bytes = bytes + #entry
    end
    count = #entries < asked and 0 or count - #entries
  end
  if #parts == 0 then return false end
  local stream = R .. 't:' .. id
  call('XADD', stream, '*', 't', token, 'n', name, 'd', table.concat(parts))
  call('DEL', R .. 'wt:' .. id)
  touched[stream] = true
  return true
end
-- A process listens for its own end: when it is gone, Redis knows at once.
local living = {}
local function lives(id)
  if living[id] == nil then living[id] = call('PUBSUB', 'NUMSUB', R .. 'p:' .. id)[2] > 0 end
  return living[id]
end
-- Hands what is in a list to those who wait, who got none for longest first.
local function serve(name)
  local readers = R .. 'r:' .. name
  for _, id in ipairs(call('ZRANGE', readers, 0, -1)) do
    local wait = call('GET', R .. 'wt:' .. id)
    if wait and lives(id) then
      local token, count = string.match(wait, '^(%d+) (%d+)$')
      if not hand(name, id, token, tonumber(count)) then return end
      call('ZADD', readers, time[1] * 1000000 + time[2], id)
    elseif call('EXISTS', R .. 'p:' .. id) == 0 then
      call('ZREM', readers, id)
    end
  end
end
`;

/**
 * Puts messages into mailboxes and lists; needs {@link LIFETIMES}, {@link PARCELS},
 * {@link COUNTS} and {@link HANDING}.
 *
 * What is seldom needed is inside a function: Redis makes all functions anew for each run.
 */
export const PUSHING = `
local function expire(name, expiry)
${MEMBERSHIPS}${EXPIRY}
  if string.sub(name, -1) ~= '!' then return expire_queue(name, expiry) end
  local is_owned = call('EXISTS', R .. 'o:' .. name) == 1
  return expire_mailbox(name, expiry, is_owned and 0 or now)
end
local function note_expired(expired, name, dropped)
  if dropped == 0 then return end
  expired[#expired + 1] = name
  expired[#expired + 1] = dropped
end
-- Says how many more a mailbox takes, of so many, and how many were ever sent to it and are there.
local function room_in_mailbox(name, count, capacity, expiry, expired)
  local sent, read = counts_of(name)
  if sent - read + count > capacity then
    note_expired(expired, name, expire(name, expiry))
    sent, read = counts_of(name)
  end
  return math.max(0, math.min(count, capacity - sent + read)), sent, read
end
local function put_in_mailbox(name, sent, read, ...)
  local key, counts = R .. 'b:' .. name, R .. 'n:' .. name
  call('HSET', counts, 'w', sent, 'r', read)
  call('XADD', key, '*', 'w', sent, ...)
  touched[key], touched[counts] = true, true
  return sent - read
end
local function cut(parcel, count)
  local at, body_end = 1, 0
  for _ = 1, count do
    local _, _, last = next_in(parcel, at)
    at, body_end = last + 1, last
  end
  return string.sub(parcel, 1, body_end)
end
local function push_to_mailbox(name, capacity, expiry, expired, count, parcel)
  local room, sent, read = room_in_mailbox(name, count, capacity, expiry, expired)
  if room == 0 then return 0, sent - read end
  if room < count then parcel = cut(parcel, room) end
  return room, put_in_mailbox(name, sent + room, read, 'p', room, 'd', parcel)
end
-- Says how many more a list takes, of so many.
local function room_in_queue(name, count, capacity, expiry, expired)
  local size = call('LLEN', R .. 'q:' .. name)
  if size + count > capacity then
    local dropped = expire(name, expiry)
    note_expired(expired, name, dropped)
    size = size - dropped
  end
  return math.max(0, math.min(count, capacity - size)), size
end
local function push_to_queue(name, capacity, expiry, expired, count, parcel)
  local room, size = room_in_queue(name, count, capacity, expiry, expired)
  if room == 0 then return 0, size end
  local key, sent_at, at, entries = R .. 'q:' .. name, struct.pack('>d', now), 1, {}
  for each = 1, room do
    local _, body_at, body_end = next_in(parcel, at)
    entries[each] = sent_at .. string.sub(parcel, body_at, body_end)
    at = body_end + 1
  end
  touched[key] = true
  size = call('RPUSH', key, unpack(entries))
  serve(name)
  return room, size
end
`;
