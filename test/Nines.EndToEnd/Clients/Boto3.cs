using System.Text.Json.Nodes;

namespace Nines.EndToEnd.Clients;

/// <summary>boto3 as Debian ships it: a script gets <c>ec2</c>, <c>sts</c>, <c>client(name)</c> and <c>refused(call)</c>, and sets <c>answer</c>.</summary>
internal sealed class Boto3(string url, IReadOnlyDictionary<string, string> environment)
{
    private const string Prelude = """
        import json, os, sys, base64
        import boto3, botocore
        from botocore.config import Config
        def client(name, **more):
            return boto3.client(name, endpoint_url=os.environ['NINES_URL'], config=Config(retries={'max_attempts': 1}), **more)
        def refused(call):
            try:
                call()
            except botocore.exceptions.ClientError as e:
                return e.response['Error']['Code']
            raise AssertionError('the call was not refused')
        ec2 = client('ec2')
        sts = client('sts')
        answer = None
        """;

    private const string Epilogue = "\nprint(json.dumps(answer, default=str))\n";

    /// <summary>Runs a script that must succeed; answers what it put into <c>answer</c>.</summary>
    public async Task<JsonNode?> RunAsync(string script)
    {
        var variables = new Dictionary<string, string>(environment) { ["NINES_URL"] = url };
        var result = await PythonClient.Boto3.RunAsync("script", Prelude + "\n" + script + Epilogue, variables);
        return JsonNode.Parse(result.ShouldSucceed().Output);
    }
}
