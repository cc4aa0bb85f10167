import { secureHeaders } from 'hono/secure-headers';

/** Of every page: nothing from elsewhere, nothing inline, and no frame around it. */
export const pagePolicy = policy({ formAction: "'none'", referrerPolicy: 'no-referrer' });

/** Of a page with forms. A form that tells no referrer tells no origin either, by which forged ones are known. */
export const formPolicy = policy({ formAction: "'self'", referrerPolicy: 'same-origin' });

function policy({
  formAction,
  referrerPolicy,
}: {
  formAction: "'none'" | "'self'";
  referrerPolicy: 'no-referrer' | 'same-origin';
}) {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      connectSrc: ["'self'"],
      imgSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: [formAction],
      frameAncestors: ["'none'"],
    },
    referrerPolicy,
    xFrameOptions: 'DENY',
    strictTransportSecurity: false,
  });
}
