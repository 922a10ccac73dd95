// A module that the build makes: the audit as the text of an expression.
declare module "audit-source" {
  export const auditSource: string;
}
