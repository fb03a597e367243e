/** The nouns of the published API, under short names. schema.d.ts is made of api/openapi.yaml. */
import type { components, operations } from './schema';

type Schemas = components['schemas'];

export type Account = Schemas['Account'];
export type Alert = Schemas['Alert'];
export type Condition = Schemas['Condition'];
export type Consent = Schemas['Consent'];
export type Contribution = Schemas['Contribution'];
export type Customer = Schemas['Customer'];
export type CustomerFields = Schemas['CustomerFields'];
export type CustomerKind = Schemas['CustomerKind'];
export type Decision = Schemas['Decision'];
export type DecisionItem = Schemas['DecisionItem'];
export type Eligibility = Schemas['Eligibility'];
export type Engagement = Schemas['Engagement'];
export type Event = Schemas['Event'];
export type EventType = Schemas['EventType'];
export type Item = Schemas['Item'];
export type Job = Schemas['Job'];
export type Key = Schemas['Key'];
export type Model = Schemas['Model'];
export type ModelDetail = Schemas['ModelDetail'];
export type Money = Schemas['Money'];
export type NewEvent = Schemas['NewEvent'];
export type Overview = Schemas['Overview'];
export type Pipeline = Schemas['Pipeline'];
export type ProblemDetails = Schemas['Problem'];
export type Product = Schemas['Product'];
export type Reason = Schemas['Reason'];
export type ReasonCode = Schemas['ReasonCode'];
export type Recommendations = Schemas['Recommendations'];
export type Replay = Schemas['Replay'];
export type Role = Schemas['Role'];
export type Scope = Schemas['Scope'];
export type Session = Schemas['Session'];
export type Setting = Schemas['Setting'];
export type SettingValue = Schemas['SettingValue'];
export type SupposedEvent = Schemas['SupposedEvent'];
export type Tile = Schemas['Tile'];
export type WhatIf = Schemas['WhatIf'];
export type WhyNot = Schemas['WhyNot'];

/** What a GET answers with 200. */
export type Answer<Operation extends keyof operations> = operations[Operation] extends {
    responses: { 200: { content: { 'application/json': infer Body } } };
}
    ? Body
    : never;

/** The query of an operation. */
export type Query<Operation extends keyof operations> = operations[Operation] extends {
    parameters: { query?: infer Parameters };
}
    ? NonNullable<Parameters>
    : never;
