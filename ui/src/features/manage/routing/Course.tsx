import { Form } from "antd";
import { duration } from "../../../components/format";
import { useNames } from "../../../components/useNames";
import { listed, useWords } from "../../../i18n";
import { course, type Step } from "./course";

/** What a waiting customer's requirements become, stage by stage, as the form stands now. */
export function Course() {
  const { t } = useWords();
  const skill = useNames("skills");
  const site = useNames("sites");
  const form = Form.useFormInstance<Record<string, unknown>>();
  const requires = (Form.useWatch("requires", form) ?? {}) as Record<string, number>;
  const steps = (Form.useWatch("relax", form) ?? []) as Step[];
  const siteRule = (Form.useWatch("site_rule", form) ?? "any") as string;
  const priority_s = Number(Form.useWatch("priority_s", form) ?? 0);
  if (steps.length === 0) return <p className="faint course-hint">{t("routing.courseHint")}</p>;
  const stages = course(requires, priority_s, siteRule, steps);
  const skills = Object.keys({ ...requires, ...stages.at(-1)?.levels });
  const sitesOf = (sites: string[] | null) => {
    if (sites === null) return siteRule === "near" ? t("routing.courseNear") : t("routing.courseEverywhere");
    return listed([t("routing.courseHome"), ...sites.map(site)]);
  };
  return (
    <figure className="course" data-testid="course">
      <figcaption>{t("routing.course")}</figcaption>
      <table>
        <thead>
          <tr>
            <th />
            {stages.map((stage, i) => (
              <th key={i} scope="col">
                {i === 0 ? t("routing.courseNow") : t("routing.courseAfter", { time: duration(stage.at_s) })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {skills.map((id) => (
            <tr key={id}>
              <th scope="row">{skill(id)}</th>
              {stages.map((stage, i) => (
                <Level key={i} level={stage.levels[id]} />
              ))}
            </tr>
          ))}
          {skills.length === 0 && (
            <tr>
              <th scope="row" />
              <td colSpan={stages.length} className="faint">
                {t("routing.courseNobody")}
              </td>
            </tr>
          )}
          <tr>
            <th scope="row">{t("routing.courseSites")}</th>
            {stages.map((stage, i) => (
              <td key={i}>{sitesOf(stage.sites)}</td>
            ))}
          </tr>
          <tr>
            <th scope="row">{t("routing.courseWorth")}</th>
            {stages.map((stage, i) => (
              <td key={i}>
                {t("routing.seconds", { n: stage.worth_s })}
                {stage.anyone && <div className="faint">{t("routing.courseAnyone")}</div>}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </figure>
  );
}

/** Undefined: as a rule has it. */
function Level({ level }: { level: number | undefined }) {
  const { t } = useWords();
  if (level === undefined) return <td className="faint">{t("routing.courseByRule")}</td>;
  return (
    <td>
      <span className="pips" aria-hidden>
        {[1, 2, 3, 4, 5].map((each) => (
          <i key={each} className={each <= level ? "on" : ""} />
        ))}
      </span>{" "}
      {level > 0 ? t("manage.level", { level }) : <span className="faint">{t("routing.dropped")}</span>}
    </td>
  );
}
