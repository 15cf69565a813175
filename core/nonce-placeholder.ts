/** Stands in a built `index.html` where whoever serves it puts the nonce of the answer. */
export const noncePlaceholder = '__CSP_NONCE__'
