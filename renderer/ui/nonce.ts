/** The nonce of this page, for libraries that make style elements. The server puts it into the meta element that Vite writes. */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
