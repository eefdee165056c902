/** What the page may load: nothing but its own styles, and pictures that are within it. */
const POLICY = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:" />`;

/** Elements that run, load or lead elsewhere by themselves. */
const MOVING = new Set(['script', 'iframe', 'frame', 'object', 'embed', 'form', 'meta', 'base', 'link']);

/** A tag as `html` of trainyard/pages writes it: what is written otherwise is read otherwise by one browser or another. */
const TAG = /<(\/?)([a-z][\w:-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/giy;
const ATTRIBUTE = /\s+([\w:-]+)(?:="([^"]*)")?/g;

/** Attributes that hold an address, and addresses that lead nowhere else. */
const ADDRESSES = /^(?:(?:xlink:)?href|src|srcset|srcdoc|action|formaction|data|poster|background|ping)$/i;
const WITHIN = /^(?:#|\/(?![/\\])|data:image\/(?:png|jpeg|gif|webp)[;,])/;

/** Whether HTML neither runs nor loads anything. Text is not looked at: only what stands in tags can do either. */
export function isStill(body: string): boolean {
  for (let at = body.indexOf('<'); at >= 0; at = body.indexOf('<', TAG.lastIndex)) {
    TAG.lastIndex = at;
    const [, , name, attributes] = TAG.exec(body) ?? [];
    if (name === undefined || MOVING.has(name.toLowerCase())) return false;
    for (const [, attribute, value = ''] of (attributes ?? '').matchAll(ATTRIBUTE))
      if (
        /^on/i.test(attribute!) ||
        /^\s*javascript:/i.test(value) ||
        (ADDRESSES.test(attribute!) && !WITHIN.test(value))
      )
        return false;
  }
  return true;
}

/** The page, with the policy by which a browser holds it to that. */
export function withPolicy(page: string): string {
  return page.replace('<head>', () => `<head>\n        ${POLICY}`);
}
