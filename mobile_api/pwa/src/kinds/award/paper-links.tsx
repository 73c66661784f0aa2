// Where a paper of the person's can be fetched and looked at: picture, print, the file other programs check, the page for everybody.
import type { Issued } from "../../api/types";
import { day, t } from "../../text";
import "../../text/award-vi";

// The node writes whole addresses, for sharing; within the app the same paths on the node the app came from.
const here = (address: string): string => {
  const { pathname, search, hash } = new URL(address, location.href);
  return pathname + search + hash;
};

export function PaperLinks({ paper }: { paper: Issued }) {
  const verify = <a href={here(paper.verify_url)} data-testid="paper-verify">{t("certificate.verify")}</a>;
  if (paper.revoked_at) return <p>{t("award.revoked", { day: day(paper.revoked_at) })}{paper.revoked_reason && ` · ${t("award.revoked.why", { why: paper.revoked_reason })}`} {verify}</p>;
  return (
    <p class="links">
      <a href={here(paper.png_url)} download={`giay-${paper.number}.png`} data-testid="paper-save">{t("certificate.save")}</a> <a href={here(paper.pdf_url)} data-testid="paper-pdf">{t("certificate.pdf")}</a> {verify}
      {paper.credential_url && <> <a href={here(paper.credential_url)} download={`giay-${paper.number}.vc.json`} data-testid="paper-credential">{t("award.certificates.file")}</a></>}
    </p>
  );
}
