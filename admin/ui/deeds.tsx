type Deed = {
  /** What the button says. */
  verb: string;
  /** What it will mean. */
  means: string;
  action: string;
  /** `get` for a page that asks first. */
  method: 'get' | 'post';
};

/** What can be done with something, one below the other: what each would mean, and the button that does it. */
export function Deeds({ deeds }: { deeds: Deed[] }) {
  return (
    <div class="deeds">
      {deeds.map(({ verb, means, action, method }) => (
        <form key={verb} method={method} action={action}>
          <p>{means}</p>
          <button type="submit" class="button button-quiet">
            {verb}
          </button>
        </form>
      ))}
    </div>
  );
}
