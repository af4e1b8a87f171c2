import { useParams } from "react-router";

/** The secret of a mailed link: after `#`, where neither server logs nor referrers see it, or in the path. */
export function useLinkToken(): string {
  const { token } = useParams();
  return token ?? location.hash.slice(1);
}
