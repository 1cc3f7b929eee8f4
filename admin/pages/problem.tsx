import { type Frame, Page, Slip } from '../ui/layout.tsx';

export const PROBLEMS = {
  400: {
    title: 'This could not be understood',
    words: 'Something in the form or the address is missing. Go back and try again.',
  },
  401: {
    title: 'Please sign in first',
    words: 'You were signed out, so this was not done. Sign in, then do it again.',
  },
  403: { title: 'This is not open to you', words: 'Your account has another role than this page is for.' },
  404: { title: 'There is no such page', words: 'The address may be mistyped, or what was here is gone.' },
  429: { title: 'Too many attempts', words: 'Wait a minute, then try again. Nothing is lost.' },
  500: {
    title: 'Something went wrong here',
    words: 'It is not your doing, and it has been logged. Try again in a moment.',
  },
} as const;

export type ProblemStatus = keyof typeof PROBLEMS;

export function ProblemPage({ title, words, ...frame }: Frame & { title: string; words: string }) {
  if (!frame.user) {
    return (
      <Slip {...frame} title={title} lead={words}>
        <a class="button" href="/sign-in">
          Sign in
        </a>
      </Slip>
    );
  }
  return (
    <Page {...frame} title={title} lead={words}>
      <p>
        <a class="button" href="/home">
          Back to the dashboard
        </a>
      </p>
    </Page>
  );
}
