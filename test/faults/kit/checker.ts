import { nonLocalName } from '@nest-channels/core';
import type { Delivery, HistoryEvent, Loss, Probe, Sending } from './history.js';

/** Is how much later than its expiry a message may come, for the ways it has to go. */
const GRACE_MS = 1_000;

/** Is a stretch of time, both ends included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Are the promises that a history is held against. */
export interface Promises {
  /** Is how long a message may wait to be read. */
  readonly expiryMs: number;
  /** Is how many losses nobody could count: those of processes that were killed. */
  readonly uncounted?: number;
  /** Are times in which groups had lost their members: what was sent to one may have found none. */
  readonly amnesias?: readonly Span[];
  /** Are times in which what had been accepted may have died with the server that it waited in. */
  readonly deaths?: readonly Span[];
  /** Leaves the order of these receivers open: several processes read them. */
  readonly unordered?: readonly string[];
}

/** Are the ways in which a history breaks the promises; each entry names what broke one. */
export interface Findings {
  /** Came to a receiver more than once. */
  readonly duplicated: readonly string[];
  /** Came to a receiver that it was not for. */
  readonly misrouted: readonly string[];
  /** Came though it was never sent, or was refused for certain. */
  readonly unexpected: readonly string[];
  /** Came to a receiver before one that its sender had sent earlier. */
  readonly reordered: readonly string[];
  /** Came after its time was over. */
  readonly late: readonly string[];
  /** Was accepted, never came, and nobody counted it. */
  readonly lost: readonly string[];
  /** Are sockets that were open in the end and heard nothing. */
  readonly deaf: readonly string[];
}

/** Is what a checker has to say of a history. */
export interface Verdict {
  readonly findings: Findings;
  readonly counts: {
    readonly sent: number;
    readonly refused: number;
    readonly unknown: number;
    readonly delivered: number;
    /** Are accepted messages that did not come to a receiver. */
    readonly missing: number;
    /** Are messages that somebody counted as lost. */
    readonly counted: number;
    /** Are messages that came though their sender could not know. */
    readonly recovered: number;
  };
}

/** Holds a history against the promises. */
export function check(events: readonly HistoryEvent[], promises: Promises): Verdict {
  const sendings = events.filter((event) => event.kind === 'sending');
  const deliveries = events.filter((event) => event.kind === 'delivery');
  const losses = events.filter((event) => event.kind === 'loss');
  const probes = events.filter((event) => event.kind === 'probe');
  const sent = new Map(sendings.map((sending) => [sending.id, sending]));
  const missing = missingOf(sendings, deliveries, promises);
  return {
    findings: {
      duplicated: duplicatesOf(deliveries),
      misrouted: deliveries.filter((each) => isMisrouted(each, sent.get(each.id))).map(nameOf),
      unexpected: deliveries.filter(({ id }) => isUnexpected(sent.get(id))).map(nameOf),
      reordered: reorderedOf(deliveries, sendings, promises.unordered ?? []),
      late: deliveries.filter((each) => isLate(each, sent.get(each.id), promises)).map(nameOf),
      lost: unexplained(missing, losses, promises.uncounted ?? 0),
      deaf: deafOf(probes),
    },
    counts: {
      sent: sendings.filter(({ outcome }) => outcome === 'sent').length,
      refused: sendings.filter(({ outcome }) => outcome === 'refused').length,
      unknown: sendings.filter(({ outcome }) => outcome === 'unknown').length,
      delivered: deliveries.length,
      missing: missing.length,
      counted: countedOf(losses),
      recovered: deliveries.filter(({ id }) => sent.get(id)?.outcome === 'unknown').length,
    },
  };
}

/** Lists the findings in words, none if every promise was kept. */
export function describeFindings(findings: Findings): string[] {
  return Object.entries(findings as unknown as Record<string, readonly string[]>)
    .filter(([, names]) => names.length > 0)
    .map(([kind, names]) => `${names.length} ${kind}: ${names.slice(0, 5).join(', ')}`);
}

function nameOf({ id, receiver }: { readonly id: string; readonly receiver: string }): string {
  return `${id} at ${receiver}`;
}

function duplicatesOf(deliveries: readonly Delivery[]): string[] {
  const seen = new Set<string>();
  return deliveries.map(nameOf).filter((name) => seen.size === seen.add(name).size);
}

function isMisrouted({ receiver }: Delivery, sending?: Sending): boolean {
  return sending !== undefined && !sending.receivers.includes(receiver);
}

function isUnexpected(sending?: Sending): boolean {
  return sending === undefined || sending.outcome === 'refused';
}

function isLate({ at }: Delivery, sending: Sending | undefined, { expiryMs }: Promises): boolean {
  return sending !== undefined && at - sending.at > expiryMs + GRACE_MS;
}

/** One sender's messages come to one receiver in a process as a part of what it sent, in order. */
function reorderedOf(
  deliveries: readonly Delivery[],
  sendings: readonly Sending[],
  unordered: readonly string[],
): string[] {
  const places = new Map(sendings.map(({ id, sender }, place) => [id, { sender, place }]));
  const latest = new Map<string, number>();
  return deliveries
    .filter(({ id, receiver, process }) => {
      const sent = places.get(id);
      if (!sent || unordered.includes(receiver)) return false;
      const stream = `${sent.sender} ${receiver} ${process}`;
      const before = latest.get(stream) ?? -1;
      latest.set(stream, Math.max(before, sent.place));
      return sent.place < before;
    })
    .map(nameOf);
}

/** What several members behind one mailbox miss is one message, as it is for those who count. */
function missingOf(
  sendings: readonly Sending[],
  deliveries: readonly Delivery[],
  promises: Promises,
): string[] {
  const came = new Set(deliveries.map(nameOf));
  const missing = sendings
    .filter((sending) => sending.outcome === 'sent' && !isForgotten(sending, promises))
    .flatMap(({ id, receivers }) => receivers.map((receiver) => ({ id, receiver })))
    .filter((each) => !came.has(nameOf(each)));
  return [...new Set(missing.map(({ id, receiver }) => `${id} at ${nonLocalName(receiver)}`))];
}

function isForgotten(
  { receivers, at }: Sending,
  { amnesias = [], deaths = [] }: Promises,
): boolean {
  const isWithin = ({ from, to }: Span): boolean => from <= at && at <= to;
  return deaths.some(isWithin) || (receivers.length > 1 && amnesias.some(isWithin));
}

function countedOf(losses: readonly Loss[]): number {
  return losses.reduce((sum, { messages }) => sum + messages, 0);
}

/** Counters tell how many, not which: what is over cannot be explained by them. */
function unexplained(
  missing: readonly string[],
  losses: readonly Loss[],
  uncounted: number,
): string[] {
  return missing.slice(0, Math.max(0, missing.length - countedOf(losses) - uncounted));
}

function deafOf(probes: readonly Probe[]): string[] {
  return probes.filter(({ isAnswered }) => !isAnswered).map(({ socket }) => socket);
}
