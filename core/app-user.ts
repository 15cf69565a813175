/** On the desktop nobody signs in to the app: whoever builds it is its one user, with accounts of his own to try it with. */
export const builder = 'builder'
