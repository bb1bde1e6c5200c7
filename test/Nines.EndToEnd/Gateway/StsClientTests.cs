using Nines.EndToEnd.Clients;

namespace Nines.EndToEnd.Gateway;

/// <summary>Real clients prove who they are.</summary>
public sealed class StsClientTests(ApiOnly api) : IClassFixture<ApiOnly>
{
    private const string RootArn = "arn:aws:iam::123456789012:root";

    [Fact]
    [Covers("sts", "GetCallerIdentity", "GetSessionToken")]
    public async Task The_AWS_CLI_knows_itself_and_gets_a_session()
    {
        (await api.Aws.RunAsync("sts", "get-caller-identity"))["Arn"]!.GetValue<string>().ShouldBe(RootArn);

        var keys = (await api.Aws.RunAsync("sts", "get-session-token", "--duration-seconds", "900"))["Credentials"]!;
        var session = new AwsCli(api.Url, ApiOnly.EnvironmentOf(
            keys["AccessKeyId"]!.GetValue<string>(), keys["SecretAccessKey"]!.GetValue<string>(), keys["SessionToken"]!.GetValue<string>()));
        (await session.RunAsync("sts", "get-caller-identity"))["Account"]!.GetValue<string>().ShouldBe("123456789012");
        (await session.RefusedAsync("sts", "get-session-token")).Code.ShouldBe("AccessDenied");
    }

    [Fact]
    public async Task The_AWS_CLI_understands_every_refusal()
    {
        var wrong = new AwsCli(api.Url, new Dictionary<string, string>(api.Environment) { ["AWS_SECRET_ACCESS_KEY"] = "wrong" });
        (await wrong.RefusedAsync("sts", "get-caller-identity")).Code.ShouldBe("SignatureDoesNotMatch");
        (await wrong.RefusedAsync("ec2", "describe-instances")).ShouldBe(
            ("AuthFailure", "AWS was not able to validate the provided access credentials"));

        var unknown = new AwsCli(api.Url, ApiOnly.EnvironmentOf("AKIAIOSFODNN7EXAMPLE", "secret"));
        (await unknown.RefusedAsync("sts", "get-caller-identity")).Code.ShouldBe("InvalidClientTokenId");
        (await unknown.RefusedAsync("ec2", "describe-instances")).Code.ShouldBe("AuthFailure");

        // Services that speak JSON and REST have names of their own for the same.
        (await wrong.RefusedAsync("dynamodb", "list-tables")).Code.ShouldBe("InvalidSignatureException");
        (await wrong.RefusedAsync("lambda", "list-functions")).Code.ShouldBe("InvalidSignatureException");
        (await wrong.RefusedAsync("s3api", "list-buckets")).Code.ShouldBe("SignatureDoesNotMatch");
        (await unknown.RefusedAsync("s3api", "list-buckets")).Code.ShouldBe("InvalidAccessKeyId");
        (await api.Aws.RefusedAsync("dynamodb", "list-tables")).Code.ShouldBe("UnsupportedOperationException");
        (await api.Aws.RefusedAsync("lambda", "list-functions")).Code.ShouldBe("UnsupportedOperationException");
    }

    [Fact]
    [Covers("sts", "GetCallerIdentity", "GetSessionToken")]
    public async Task Boto3_knows_itself_gets_a_session_and_presigns()
    {
        var answer = await api.Boto3.RunAsync("""
            import urllib.request
            root = sts.get_caller_identity()
            keys = sts.get_session_token(DurationSeconds=900)['Credentials']
            temporary = dict(aws_access_key_id=keys['AccessKeyId'], aws_secret_access_key=keys['SecretAccessKey'], aws_session_token=keys['SessionToken'])
            session = client('sts', **temporary)
            url = session.generate_presigned_url('get_caller_identity', ExpiresIn=60, HttpMethod='GET')
            presigned = urllib.request.urlopen(url).read().decode()
            try:
                urllib.request.urlopen(url + '&Extra=1')
                tampered = 'accepted'
            except urllib.error.HTTPError as e:
                tampered = e.code
            wrong = client('sts', **{**temporary, 'aws_session_token': temporary['aws_session_token'][:-8] + 'AAAAAAA='})
            answer = dict(root=root['Arn'], session=session.get_caller_identity()['Arn'], presigned='<Arn>' in presigned, tampered=tampered,
                          wrong=refused(wrong.get_caller_identity))
            """);

        answer!["root"]!.GetValue<string>().ShouldBe(RootArn);
        answer["session"]!.GetValue<string>().ShouldBe(RootArn);
        answer["presigned"]!.GetValue<bool>().ShouldBeTrue();
        answer["tampered"]!.GetValue<int>().ShouldBe(403);
        answer["wrong"]!.GetValue<string>().ShouldBe("InvalidClientTokenId");
    }

    [Fact]
    [Covers("sts", "GetCallerIdentity", "GetSessionToken")]
    public async Task The_JavaScript_SDK_knows_itself_and_gets_a_session()
    {
        var answer = await api.JavaScript.RunAsync("""
            const root = await sts.send(new STS.GetCallerIdentityCommand({}));
            const { Credentials } = await sts.send(new STS.GetSessionTokenCommand({ DurationSeconds: 900 }));
            const session = new STS.STSClient({ credentials: { accessKeyId: Credentials.AccessKeyId, secretAccessKey: Credentials.SecretAccessKey, sessionToken: Credentials.SessionToken } });
            const wrong = new STS.STSClient({ credentials: { accessKeyId: Credentials.AccessKeyId, secretAccessKey: 'wrong', sessionToken: Credentials.SessionToken } });
            const code = await wrong.send(new STS.GetCallerIdentityCommand({})).catch(error => error.name);
            return { root: root.Arn, session: (await session.send(new STS.GetCallerIdentityCommand({}))).Arn, code };
            """);

        answer!["root"]!.GetValue<string>().ShouldBe(RootArn);
        answer["session"]!.GetValue<string>().ShouldBe(RootArn);
        answer["code"]!.GetValue<string>().ShouldBe("SignatureDoesNotMatch");
    }
}
