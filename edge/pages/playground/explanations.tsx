/** What one sees in the playground, in plain words. Readable without a script. */
export function Explanations() {
  return (
    <section class="explanations" aria-labelledby="explained">
      <h2 id="explained">What there is to see</h2>
      <div class="explanation-grid">
        <article class="stack">
          <h3>A reply grows token by token</h3>
          <p>
            At each step the model gives every token of its vocabulary a probability. A strategy decides which
            one is taken. The fainter a token’s ground, the surer the model was of it: “Token by token” tells
            how sure.
          </p>
        </article>
        <article class="stack">
          <h3>Beams look ahead</h3>
          <p>
            Greedy choice takes the likeliest token and can never go back. Beam search keeps several
            beginnings and drops those whose whole has become unlikely. What it ends with are its hypotheses;
            the tree shows where they part.
          </p>
        </article>
        <article class="stack">
          <h3>Drawing brings variety</h3>
          <p>
            Sampling draws by lot. Temperature, <code>top_k</code> and <code>top_p</code> say how much of the
            unlikely may come. Delayed beams draw a beginning for each beam and search from there.
          </p>
        </article>
        <article class="stack">
          <h3>Blocks forbid repetition</h3>
          <p>
            A model likes what it has just said, and says it again. <code>no_repeat_ngram_size</code> forbids
            so many tokens in a row to come twice; <code>encoder_no_repeat_ngram_size</code> forbids to take
            them over from what was said. What they would have prevented is{' '}
            <span class="token again">marked</span>.
          </p>
        </article>
      </div>
    </section>
  );
}
