export type TicketState = 'live' | 'free' | 'over';

type TicketProps = {
  code: string;
  /** `over` for expired and deleted ones. A word beside it says which: the ticket's look never says it alone. */
  state?: TicketState;
  href?: string | undefined;
  /** Said to screen readers, with `href`: "Edit SUMMER10". */
  label?: string;
};

/** Wherever a coupon stands, it is this ticket. */
export function Ticket({ code, state = 'live', href, label }: TicketProps) {
  const face = (
    <bdi class="ticket-code" translate={false}>
      {code}
    </bdi>
  );
  if (!href) return <span class={`ticket ticket-${state}`}>{face}</span>;
  return (
    <a class={`ticket ticket-${state}`} href={href} aria-label={label}>
      {face}
    </a>
  );
}
