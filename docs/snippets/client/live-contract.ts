/** Are the messages of /live, as its clients see them. */
export interface LiveContract {
  /** Nothing belongs to no stream. */
  readonly incoming: never;
  readonly outgoing: never;
  readonly streams: {
    readonly chat: { readonly incoming: Line; readonly outgoing: Line };
    readonly clock: { readonly incoming: { readonly time: string }; readonly outgoing: 'time' };
  };
}

export interface Line {
  readonly text: string;
}
