/** Tandem's mark: two who talk, one in the colour of words, one in that of tokens. `favicon.svg` is the same. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path class="mark-word" d="M11 4a9 9 0 0 0-7.6 13.8L2 23l5.4-1.3A9 9 0 1 0 11 4z" />
      <path
        class="mark-token"
        d="M22.6 11.2A11 11 0 0 1 12.9 24a9 9 0 0 0 11.7 4.7L30 30l-1.4-5.2a9 9 0 0 0-6-13.6z"
      />
    </svg>
  );
}
