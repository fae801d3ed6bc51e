/** The page in place of the console in a checkout where nobody has built it. Static text. */
export const unbuiltPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Headgate</title>
<h1>The console is not built yet</h1>
<p>Stop this server and start it again with <code>./headgate up</code>, which builds the console, or run <code>npm run build</code>.</p>
<p>The command line and <a href="/api/docs">the API</a> work without it.</p>
</html>
`;
