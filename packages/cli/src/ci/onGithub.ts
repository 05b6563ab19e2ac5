/** GitHub sets this for every step of a workflow. */
export const onGithub = (env: NodeJS.ProcessEnv): boolean => env["GITHUB_ACTIONS"] === "true"
