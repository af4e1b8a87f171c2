import { useImperativeHandle, useRef, type Ref } from "react";

export interface CodeHandle {
  /** Puts the caret on a line (1-based) and column, in sight. */
  goTo: (line: number, column: number) => void;
}

const line_px = 20;

/** Plain text with line numbers; lines with problems are marked in the margin and in the text. */
export function CodeText({ ref, ...props }: {
  value: string;
  onChange: (text: string) => void;
  problems: Map<number, string>;
  readOnly: boolean;
  label: string;
  ref?: Ref<CodeHandle>;
}) {
  const text = useRef<HTMLTextAreaElement>(null);
  const margin = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => ({
    goTo: (line, column) => {
      const area = text.current;
      if (!area) return;
      const start = area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
      area.focus();
      area.setSelectionRange(start + Math.max(0, column - 1), start + Math.max(0, column - 1));
      area.scrollTop = Math.max(0, (line - 6) * line_px);
    },
  }));
  const lines = props.value.split("\n");
  return (
    <div className="code">
      <div className="code-margin" ref={margin} aria-hidden>
        {lines.map((_, index) => (
          <div key={index} className={props.problems.has(index + 1) ? "bad" : ""} title={props.problems.get(index + 1)}>
            {index + 1}
          </div>
        ))}
      </div>
      <textarea
        ref={text}
        value={props.value}
        readOnly={props.readOnly}
        spellCheck={false}
        wrap="off"
        aria-label={props.label}
        aria-invalid={props.problems.size > 0}
        onChange={(event) => props.onChange(event.target.value)}
        onScroll={(event) => {
          if (margin.current) margin.current.scrollTop = event.currentTarget.scrollTop;
        }}
        onKeyDown={(event) => {
          // Two spaces, as YAML wants; with Shift, Tab leaves the field as everywhere.
          if (event.key !== "Tab" || event.shiftKey || props.readOnly) return;
          event.preventDefault();
          const area = event.currentTarget;
          area.setRangeText("  ", area.selectionStart, area.selectionEnd, "end");
          props.onChange(area.value);
        }}
        data-testid="flow-text"
      />
    </div>
  );
}
