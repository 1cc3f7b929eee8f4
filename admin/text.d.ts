/** What `scripts/build.ts` leaves in `dist/` for the office to carry as text. */
declare module '*.txt' {
  const text: string;
  export default text;
}
