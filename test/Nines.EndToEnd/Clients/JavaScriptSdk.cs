using System.Text.Json.Nodes;

namespace Nines.EndToEnd.Clients;

/// <summary>The newest AWS SDK for JavaScript: a script gets the modules as <c>EC2</c>, <c>KMS</c> and <c>STS</c>, the clients <c>ec2</c>, <c>kms</c> and <c>sts</c>, and returns its answer.</summary>
internal sealed class JavaScriptSdk(string url, IReadOnlyDictionary<string, string> environment)
{
    private static readonly string Folder = Path.Combine(SourceFolder.Root, "test", "Nines.EndToEnd", "js");

    /// <summary>Runs the body of an async function that must succeed; answers what it returned.</summary>
    public async Task<JsonNode?> RunAsync(string body)
    {
        var script = $$"""
            import * as EC2 from '{{Folder}}/node_modules/@aws-sdk/client-ec2/dist-cjs/index.js';
            import * as KMS from '{{Folder}}/node_modules/@aws-sdk/client-kms/dist-cjs/index.js';
            import * as STS from '{{Folder}}/node_modules/@aws-sdk/client-sts/dist-cjs/index.js';
            const ec2 = new EC2.EC2Client({});
            const kms = new KMS.KMSClient({});
            const sts = new STS.STSClient({});
            async function main() {
            {{body}}
            }
            console.log(JSON.stringify(await main() ?? null));
            """;
        var variables = new Dictionary<string, string>(environment) { ["AWS_ENDPOINT_URL"] = url };
        var result = await ClientProcess.RunAsync("node", ["--input-type=module", "-"], variables, script);
        return JsonNode.Parse(result.ShouldSucceed().Output);
    }
}
