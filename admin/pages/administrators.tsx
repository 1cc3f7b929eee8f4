import type { FormState } from '../form.ts';
import type { Administrator, OpenInvitation } from '../queries/administrators.ts';
import { RowTool } from '../ui/actions.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Copy } from '../ui/copy.tsx';
import { Form, TextField } from '../ui/field.tsx';
import { Sheet } from '../ui/figure.tsx';
import { Icon } from '../ui/icon.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { Status } from '../ui/status.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Titled } from '../ui/titled.tsx';
import { When } from '../ui/when.tsx';

const PATH = '/admin/settings/administrators';

type AdministratorsProps = Frame & {
  administrators: Administrator[];
  invitations: OpenInvitation[];
  /** A link just made: this page is the only one to show it. */
  link: string | null;
};

/** Who runs the office. */
export function AdministratorsPage({ administrators, invitations, link, ...frame }: AdministratorsProps) {
  const columns: Column<Administrator>[] = [
    { head: 'Administrator', lead: true, cell: ({ id, name }) => (id === frame.user?.id ? `${name} (you)` : name) },
    { head: 'E-mail address', cell: ({ email }) => email },
    {
      head: 'Second factor',
      cell: ({ secondFactor }) => <Status word={secondFactor ? 'on' : 'off'} look={secondFactor ? 'good' : 'plain'} />,
    },
    { head: 'Since', cell: ({ createdAt }) => <When at={createdAt.getTime()} /> },
    {
      head: 'Tools',
      tools: true,
      cell: ({ id, name }) =>
        administrators.length > 1 && (
          <RowTool icon="trash" label={`Remove ${name}`} href={`${PATH}/${id}/remove`} danger />
        ),
    },
  ];
  return (
    <Page
      {...frame}
      title="Administrators"
      lead="They see and change everything here."
      action={
        <a class="button" href={`${PATH}/invite`}>
          <Icon name="plus" />
          Invite an administrator
        </a>
      }
    >
      {link && (
        <Sheet title="The invitation link">
          <div class="stack">
            <p>
              Send it to whom you invited. It lets them choose a password, once, within 14 days. It is shown here this
              one time only.
            </p>
            <Copy text={link} label="Invitation link" />
          </div>
        </Sheet>
      )}
      <Table
        caption="Administrators"
        columns={columns}
        rows={administrators}
        rowId={({ id }) => id}
        empty={<p>There is nobody.</p>}
      />
      {administrators.length === 1 && (
        <p class="quiet">
          The only administrator cannot be removed. Invite a second one: whoever loses their password or their phone is
          then removed and invited anew.
        </p>
      )}
      {invitations.length > 0 && (
        <Titled title="Invited">
          <Table
            caption="Open invitations"
            columns={INVITATION_COLUMNS}
            rows={invitations}
            rowId={({ hash }) => hash}
            empty={null}
          />
        </Titled>
      )}
    </Page>
  );
}

const INVITATION_COLUMNS: Column<OpenInvitation>[] = [
  { head: 'E-mail address', lead: true, cell: ({ email }) => email },
  { head: 'Invited by', cell: ({ by }) => by },
  { head: 'Works until', cell: ({ expiresAt }) => <When at={expiresAt} /> },
  {
    head: 'Withdraw',
    cell: ({ hash, email }) => (
      <form method="post" action={`${PATH}/invitations/${hash}/withdraw`}>
        <button
          type="submit"
          class="button button-quiet button-small"
          aria-label={`Withdraw the invitation of ${email}`}
        >
          Withdraw
        </button>
      </form>
    ),
  },
];

export function InviteAdministratorPage({ form, ...frame }: Frame & { form: FormState }) {
  return (
    <Page
      {...frame}
      title="Invite an administrator"
      lead="You get a link to send to them. Whoever opens it chooses a name and a password."
    >
      <Sheet>
        <Form form={form} action={`${PATH}/invite`} submit="Make the link" cancelHref={PATH}>
          <TextField
            form={form}
            name="email"
            label="E-mail address"
            hint="They will sign in with it. Nothing is sent there: send them the link yourself."
            type="email"
            autocomplete="off"
            required
          />
        </Form>
      </Sheet>
    </Page>
  );
}

export function RemoveAdministratorPage({ administrator, ...frame }: Frame & { administrator: Administrator }) {
  const { id, name } = administrator;
  const isSelf = id === frame.user?.id;
  return (
    <Page {...frame} title={isSelf ? 'Remove yourself?' : `Remove ${name}?`}>
      <Sheet>
        <Confirm action={`${PATH}/${id}/remove`} verb={isSelf ? 'Remove myself' : `Remove ${name}`} cancelHref={PATH}>
          {isSelf ? (
            <p>
              You are signed out at once, everywhere, and cannot come back by yourself: another administrator would have
              to invite you again.
            </p>
          ) : (
            <p>
              {name} is signed out at once, everywhere, and cannot sign in any more. Invitation links to administrators
              that {name} has given out stop working.
            </p>
          )}
          <p>What {isSelf ? 'you' : name} did stays in the audit log, under the same name.</p>
        </Confirm>
      </Sheet>
    </Page>
  );
}
