/** True in the script of the report, which is one file without a server. */
declare const __REPORT__: boolean;

declare module "*.mjs?url" {
  const url: string;
  export default url;
}
