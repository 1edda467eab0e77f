import { type Draft, type Fault, withField } from "./draft.ts";
import { FieldInput, type FieldProps } from "./field.tsx";
import { controlOf, type Field, fieldsOf, type JsonSchema, startOf } from "./schema.ts";

interface Props {
  readonly schema: JsonSchema;
  readonly value: Draft;
  readonly onChange: (value: Draft) => void;
  /** Where `value` stands in the spec. */
  readonly path: string;
  readonly faults: readonly Fault[];
  /** Fields that are shown though they have a default. */
  readonly prominent?: readonly string[];
}

/** The parameters of a schema: what must be given first, then what has a default, folded away, then groups. */
export function SchemaFields({ schema, value, onChange, path, faults, prominent = [] }: Props) {
  const fields = fieldsOf(schema);
  const isMain = ({ name, required, schema }: Field): boolean =>
    required || prominent.includes(name) || controlOf(schema) === "group";
  const first = fields.filter((field) => isMain(field) && controlOf(field.schema) !== "group");
  const groups = fields.filter((field) => controlOf(field.schema) === "group");
  const rest = fields.filter((field) => !isMain(field));
  const draw = (field: Field) => (
    <AnyField
      key={field.name}
      field={field}
      value={value[field.name]}
      onChange={(next) => onChange(withField(value, field.name, next))}
      path={`${path}.${field.name}`}
      faults={faults}
    />
  );
  const touched = rest.some(({ name }) => value[name] !== undefined);
  return (
    <>
      {first.map(draw)}
      {first.length === 0 && rest.length <= 6 ? (
        rest.map(draw)
      ) : rest.length > 0 ? (
        <details open={touched || undefined}>
          <summary>
            {rest.length} more with defaults <span className="muted">{rest.map(({ name }) => name).join(", ")}</span>
          </summary>
          {rest.map(draw)}
        </details>
      ) : null}
      {groups.map(draw)}
    </>
  );
}

/** One parameter, or a group of them. */
export const AnyField = (props: FieldProps) =>
  controlOf(props.field.schema) === "group" ? <GroupField {...props} /> : <FieldInput {...props} />;

/** Parameters that belong together; when they may be left out, a check box says whether they are there. */
function GroupField({ field, value, onChange, path, faults }: FieldProps) {
  const { name, schema, required } = field;
  const object = typeof value === "object" && value !== null ? (value as Draft) : undefined;
  return (
    <fieldset>
      <legend>
        <label className="check">
          {!required && (
            <input
              type="checkbox"
              checked={object !== undefined}
              onChange={(event) => onChange(event.target.checked ? startOf(field) : undefined)}
            />
          )}
          {name}
        </label>
      </legend>
      {schema.description && <p className="muted">{schema.description}</p>}
      {faults
        .filter((fault) => fault.path === path)
        .map(({ message }) => (
          <p key={message} className="bad">
            {message}
          </p>
        ))}
      {object && <SchemaFields schema={schema} value={object} onChange={onChange} path={path} faults={faults} />}
    </fieldset>
  );
}
