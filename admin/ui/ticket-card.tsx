import type { ComponentChildren } from 'preact';
import { CopyButton } from './copy.tsx';
import { Ticket } from './ticket.tsx';

type TicketCardProps = {
  code: string;
  /** Until when it works, in words. */
  until: string;
  /** What it has come to. */
  children: ComponentChildren;
};

/** A coupon as its owner holds it: the ticket to give away, and on the counterfoil what it has come to. */
export function TicketCard({ code, until, children }: TicketCardProps) {
  return (
    <li class="ticket-card">
      <div class="ticket-card-face">
        <Ticket code={code} />
        <CopyButton text={code} label={`coupon ${code}`} />
      </div>
      <div class="ticket-card-stub">
        <p>{until}</p>
        <p class="ticket-card-figures">{children}</p>
      </div>
    </li>
  );
}

export function TicketCards({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <ul class="ticket-cards" aria-label={label}>
      {children}
    </ul>
  );
}
