/// <reference path="../pages/text-modules.d.ts" />
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { AppEnv } from '../dependencies.ts';
import script from '../pages/chat.client.js';
import style from '../pages/chat.css';
import page from '../pages/chat.html';

/** Nothing from elsewhere, nothing inline, and no frame around it. */
const policy = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    connectSrc: ["'self'"],
    // The empty icon that keeps browsers from asking for one.
    imgSrc: ['data:'],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
  strictTransportSecurity: false,
});

/** The page to chat on. It talks to the sessions' routes as any other page does, with a publishable key if it has one. */
export function pageRoutes({ settings }: { settings: { chatKey: string | null } }) {
  const withKey = page.replace(
    'name="tandem-key" content=""',
    `name="tandem-key" content="${settings.chatKey ?? ''}"`,
  );
  return new Hono<AppEnv>()
    .get('/', policy, (c) => c.html(withKey))
    .get('/chat.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }))
    .get('/chat.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
}
