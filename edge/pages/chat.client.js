// The chat page's script, sent to the browser as it stands here. It keeps the id of its session; what was said is
// asked back from the edge.

const SESSION_KEY = 'tandem.session';
// Empty where the edge is in development mode, or where its owner has not opened this page.
const PUBLISHABLE_KEY = document.querySelector('meta[name="tandem-key"]').content;

const element = (id) => document.getElementById(id);
const log = element('log');
const status = element('status');
const input = element('message');
const send = element('send');
const newConversation = element('new-conversation');
const persona = element('persona');

/** An answer that was not a success: what to tell the person, and when to try again. */
class RequestError extends Error {
  constructor(response, body) {
    super(explain(response, body));
    this.status = response.status;
    this.retryAfterSeconds = Number(response.headers.get('retry-after')) || 0;
  }
}

function explain(response, body) {
  const wait = response.headers.get('retry-after');
  if (response.status === 401) return 'This page is closed: its owner has given it no key.';
  if (response.status === 429) return `That was a lot at once. Please wait ${wait ?? 'a few'} seconds.`;
  if (response.status === 503) return 'The model is not there right now. Please try again in a moment.';
  if (response.status === 504) return 'The model took too long. Please try again.';
  return body?.error?.message ?? 'Something went wrong. Please try again.';
}

/** What the key was traded for, until the edge hands out the next one. */
let sessionToken = null;

async function request(method, path, { body, idempotencyKey } = {}) {
  if (PUBLISHABLE_KEY !== '' && sessionToken === null) await tradeKey();
  let response = await call(method, path, { body, idempotencyKey, credential: sessionToken });
  if (response.status === 401 && PUBLISHABLE_KEY !== '') {
    // The token is over: the page was left open, or slept.
    await tradeKey();
    response = await call(method, path, { body, idempotencyKey, credential: sessionToken });
  }
  sessionToken = response.headers.get('x-tandem-session-token') ?? sessionToken;
  return readAnswer(response);
}

/** With the session's id, the token opens that session. */
async function tradeKey() {
  const body = sessionId === null ? {} : { session_id: sessionId };
  const response = await call('POST', '/v1/session-tokens', { body, credential: PUBLISHABLE_KEY });
  sessionToken = (await readAnswer(response)).token;
}

function call(method, path, { body, idempotencyKey, credential }) {
  const headers = {
    ...(body && { 'content-type': 'application/json' }),
    ...(credential && { authorization: `Bearer ${credential}` }),
    ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
  };
  return fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) }).catch(() => {
    throw new Error('There is no connection. Your message is still here.');
  });
}

async function readAnswer(response) {
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw new RequestError(response, answer);
  return answer;
}

function show(message) {
  const bubble = document.createElement('p');
  bubble.className = `message ${message.role}`;
  // A reply may be empty.
  bubble.textContent = message.content || '…';
  log.append(bubble);
  log.scrollTop = log.scrollHeight;
  return bubble;
}

function tell(text, isProblem = false) {
  status.textContent = text;
  status.classList.toggle('problem', isProblem);
}

/** While an answer is under way nothing else may be sent, and the conversation not be left. */
function setBusy(busy) {
  send.disabled = busy;
  newConversation.disabled = busy;
}

// A browser may refuse its storage, by throwing. The session then lasts as long as the page is open.
let sessionId = readStorage();

function readStorage() {
  try {
    return localStorage.getItem(SESSION_KEY);
  } catch {
    return null;
  }
}

function rememberSession(id) {
  sessionId = id;
  try {
    if (id === null) localStorage.removeItem(SESSION_KEY);
    else localStorage.setItem(SESSION_KEY, id);
  } catch {}
}

async function createSession() {
  const lines = persona.value.split('\n').filter((line) => line.trim() !== '');
  const session = await request('POST', '/v1/sessions', { body: { persona: lines } });
  rememberSession(session.id);
  return session.id;
}

/** What has no reply yet, with the key by which the edge keeps it once, however often it is sent. */
let unanswered = null;

async function say(content) {
  if (unanswered?.content !== content) unanswered = { content, idempotencyKey: crypto.randomUUID() };
  const { idempotencyKey } = unanswered;
  const sendTo = (id) =>
    request('POST', `/v1/sessions/${id}/messages`, { body: { content }, idempotencyKey });
  const reply = await sendTo(sessionId ?? (await createSession())).catch(async (error) => {
    if (error.status !== 404) throw error;
    // The session has expired: what is on the page is all that is left of it.
    return sendTo(await createSession());
  });
  unanswered = null;
  return reply;
}

async function submit() {
  const content = input.value.trim();
  if (content === '' || send.disabled) return;
  setBusy(true);
  input.value = '';
  const bubble = show({ role: 'user', content });
  tell('Thinking …');
  let waitSeconds = 0;
  try {
    const reply = await say(content);
    show(reply);
    tell(reply.stored ? '' : 'This answer could not be kept: it will be gone when the page is loaded again.');
  } catch (error) {
    // Nothing of a failed exchange is kept: the text goes back to where it can be sent again.
    bubble.remove();
    input.value = content;
    tell(error.message, true);
    waitSeconds = error.status === 429 ? error.retryAfterSeconds : 0;
  }
  setTimeout(() => {
    setBusy(false);
    if (waitSeconds > 0) tell('');
  }, waitSeconds * 1000);
  input.focus();
}

function startAnew() {
  const old = sessionId;
  rememberSession(null);
  log.replaceChildren();
  tell('');
  // Its answer is not waited for, so a token in it may come after the next session's.
  if (old !== null) call('DELETE', `/v1/sessions/${old}`, { credential: sessionToken }).catch(() => {});
  input.focus();
}

async function restore() {
  if (sessionId === null) return;
  setBusy(true);
  try {
    const session = await request('GET', `/v1/sessions/${sessionId}`);
    persona.value = session.persona.join('\n');
    session.messages.forEach(show);
  } catch (error) {
    if (error.status === 404) rememberSession(null);
    else tell(error.message, true);
  }
  setBusy(false);
}

element('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
newConversation.addEventListener('click', startAnew);
input.addEventListener('keydown', (event) => {
  // While an input method composes a character, Enter belongs to it.
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});

restore();
