using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Sts;

public sealed class StsTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("sts", "GetCallerIdentity")]
    public async Task Tells_the_caller_who_it_is()
    {
        var answer = await cloud.Aws.RunAsync("sts", "get-caller-identity");
        answer["Account"]!.GetValue<string>().ShouldBe("123456789012");
        answer["Arn"]!.GetValue<string>().ShouldBe("arn:aws:iam::123456789012:root");
    }

    [Fact]
    [Covers("sts", "GetSessionToken")]
    public async Task Temporary_keys_work_and_only_with_their_token()
    {
        var answer = await cloud.Boto.RunAsync("""
            keys = sts.get_session_token(DurationSeconds=900)['Credentials']
            with_token = client('ec2', aws_access_key_id=keys['AccessKeyId'], aws_secret_access_key=keys['SecretAccessKey'], aws_session_token=keys['SessionToken'])
            without = client('ec2', aws_access_key_id=keys['AccessKeyId'], aws_secret_access_key=keys['SecretAccessKey'], aws_session_token='')
            answer = [keys['AccessKeyId'][:4], len(with_token.describe_vpcs()['Vpcs']), refused(lambda: without.describe_vpcs())]
            """);
        answer![0]!.GetValue<string>().ShouldBe("ASIA");
        answer[1]!.GetValue<int>().ShouldBeGreaterThan(0);
        answer[2]!.GetValue<string>().ShouldBe("AuthFailure");
    }

    [Fact]
    public async Task The_javascript_sdk_signs_and_understands()
    {
        var answer = await cloud.JavaScript.RunAsync("""
            const who = await sts.send(new STS.GetCallerIdentityCommand({}));
            const keys = (await sts.send(new STS.GetSessionTokenCommand({ DurationSeconds: 900 }))).Credentials;
            return [who.Account, keys.Expiration > new Date()];
            """);
        answer![0]!.GetValue<string>().ShouldBe("123456789012");
        answer[1]!.GetValue<bool>().ShouldBeTrue();
    }
}
