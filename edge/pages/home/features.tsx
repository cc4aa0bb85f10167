const FEATURES: { name: string; text: string }[] = [
  {
    name: 'Sessions',
    text: 'The edge keeps the conversation, in order, for as long as you say, and erases it when you ask.',
  },
  {
    name: 'Personas',
    text: 'A few plain sentences say who the bot is. They stay in view of the model, however long the talk.',
  },
  {
    name: 'Keys and quotas',
    text: 'Secret keys for servers, publishable ones for pages, and exact limits for each.',
  },
  {
    name: 'Whole replies',
    text: 'Beam search, sampling, blocks of repetition: all of it runs within the model’s own graph.',
  },
  {
    name: 'A word filter',
    text: 'It looks at what is said and at what is answered, and changes the subject.',
  },
  {
    name: 'Any backend',
    text: 'One processor or many GPUs, ours or Triton and KServe: the protocol between the two is open.',
  },
];

/** What comes with it, in a line each. */
export function Features() {
  return (
    <section class="features" aria-label="What comes with it">
      {FEATURES.map(({ name, text }) => (
        <article>
          <h3>{name}</h3>
          <p>{text}</p>
        </article>
      ))}
    </section>
  );
}
