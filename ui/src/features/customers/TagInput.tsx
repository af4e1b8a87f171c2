import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { AutoComplete } from "antd";
import { api } from "../../api/client";

interface Props {
  value: string;
  onChange: (tag: string) => void;
  label: string;
  focused?: boolean;
  className?: string;
  /** Of which tags are offered; all of them while it is not told. */
  layer?: string;
}

/** A tag: those that are in use are offered, others may be written. */
export function TagInput({ value, onChange, label, focused, className, layer }: Props) {
  const { data } = useQuery({
    queryKey: ["customer-tags", value],
    queryFn: () => api.get<{ items: { tag: string; layers: string[] }[] }>("/customer-tags", { q: value }),
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });
  const offered = (data?.items ?? []).filter(({ layers }) => !layer || layers.includes(layer));
  return (
    <AutoComplete
      size="small"
      autoFocus={focused}
      defaultActiveFirstOption={false}
      className={className}
      aria-label={label}
      placeholder={label}
      maxLength={60}
      value={value}
      onChange={(tag: string) => onChange(tag)}
      options={offered.map(({ tag }) => ({ value: tag }))}
      data-testid="tag"
    />
  );
}
