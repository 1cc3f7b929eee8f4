import { Icon } from './icon.tsx';

export type Step = { title: string; why: string; href: string; done: boolean };

/** What is to be done, in its order: done steps are ticked, and the first that is not leads on. */
export function Steps({ steps }: { steps: Step[] }) {
  const next = steps.find((step) => !step.done);
  return (
    <ol class="steps">
      {steps.map((step) => (
        <li
          key={step.title}
          class={step.done ? 'step is-done' : 'step'}
          aria-current={step === next ? 'step' : undefined}
        >
          <span class="step-mark" aria-hidden="true">
            {step.done && <Icon name="check" />}
          </span>
          <div>
            <h2>
              <a href={step.href}>{step.title}</a>
              {step.done && <span class="step-done">Done</span>}
            </h2>
            <p>{step.why}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}
