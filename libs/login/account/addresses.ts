/** Pages around `/account`. */
export const accountPage = '/account';
export const signedOutPage = '/login/signed-out';

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where a link is taken away; undefined for what is no id of a link: the text may come from anybody. */
export const unlinkPage = (linkId: string): string | undefined => (id.test(linkId) ? `/account/links/${linkId}` : undefined);
