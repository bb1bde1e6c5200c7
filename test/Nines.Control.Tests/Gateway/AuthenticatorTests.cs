using System.Text;
using Nines.Control.Gateway;
using Nines.Control.Tests.Identity;
using Nines.Wire;
using Nines.Wire.Signing;

namespace Nines.Control.Tests.Gateway;

/// <summary>What the authenticator makes of the ways in which S3's clients cover a body, and of scopes.</summary>
public sealed class AuthenticatorTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private IdentityFixture _identity = null!;
    private Authenticator _authenticator = null!;
    private Credentials _root = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _identity = await IdentityFixture.CreateAsync(Cancel);
        _root = (await _identity.Bootstrap.EnsureAsync(new(), Cancel)).Credentials;
        _authenticator = new Authenticator(_identity.Keys, _identity.Sessions, "us-east-1");
    }

    public ValueTask DisposeAsync() => _identity.DisposeAsync();

    [Theory]
    [InlineData("UNSIGNED-PAYLOAD", null)]
    [InlineData("d9014c4624844aa5bac314773d6b689ad467fa4e1d1a50a1b8a99d5a95f72ff5", SignatureErrorKind.PayloadMismatch)]
    [InlineData("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", null)]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", SignatureErrorKind.PayloadMismatch)]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", SignatureErrorKind.PayloadMismatch)]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER", SignatureErrorKind.PayloadMismatch)]
    [InlineData("nonsense", SignatureErrorKind.PayloadMismatch)]
    [InlineData(null, SignatureErrorKind.PayloadNotDeclared)]
    public void An_S3_body_is_what_the_client_declares_or_it_is_refused(string? declared, SignatureErrorKind? expected) =>
        Authenticate("s3", "hello", declared).ShouldBe(expected);

    [Theory]
    [InlineData("UNSIGNED-PAYLOAD")]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")]
    public void No_other_service_lets_a_body_go_uncovered(string declared) =>
        Authenticate("ec2", "hello", declared).ShouldBe(SignatureErrorKind.Mismatch);

    [Fact]
    public void A_signature_for_one_service_is_worth_nothing_at_another()
    {
        var request = Signed("sts", "hello", null, "us-east-1");

        _authenticator.Authenticate(request, "ec2", s_now, out var error).ShouldBeNull();
        error!.Kind.ShouldBe(SignatureErrorKind.WrongScope);
    }

    [Theory]
    [InlineData("sts", "us-east-1", true)]
    [InlineData("iam", "us-east-1", true)]
    [InlineData("ec2", "us-east-1", false)]
    [InlineData("sts", "eu-central-1", true)]
    [InlineData("ec2", "eu-central-1", true)]
    [InlineData("ec2", "eu-west-1", false)]
    public void Global_services_are_signed_for_one_region_wherever_the_cloud_is(string service, string region, bool accepted)
    {
        var abroad = new Authenticator(_identity.Keys, _identity.Sessions, "eu-central-1");

        var caller = abroad.Authenticate(Signed(service, "", null, region), service, s_now, out var error);

        (caller is not null).ShouldBe(accepted);
        (error?.Kind).ShouldBe(accepted ? null : SignatureErrorKind.WrongScope);
    }

    [Fact]
    public async Task Keys_that_were_replaced_are_worth_nothing_at_once()
    {
        var request = Signed("sts", "", null, "us-east-1");
        _authenticator.Authenticate(request, "sts", s_now, out _).ShouldNotBeNull();

        await _identity.Bootstrap.EnsureAsync(new() { RootKeys = new("other", "secret") }, Cancel);

        _authenticator.Authenticate(request, "sts", s_now, out var error).ShouldBeNull();
        error!.Kind.ShouldBe(SignatureErrorKind.UnknownKey);
    }

    private SignatureErrorKind? Authenticate(string service, string body, string? declared)
    {
        var caller = _authenticator.Authenticate(Signed(service, body, declared, "us-east-1"), service, s_now, out var error);
        (caller is null).ShouldBe(error is not null);
        return error?.Kind;
    }

    private WireRequest Signed(string service, string body, string? declared, string region)
    {
        var headers = new WireHeaders { { "Host", "x" }, { "X-Amz-Date", RequestSigner.DateText(s_now) } };
        if (declared is not null)
        {
            headers.Add("X-Amz-Content-Sha256", declared);
        }

        var bytes = Encoding.UTF8.GetBytes(body);
        var policy = service == "s3" ? SigningPolicy.S3 : SigningPolicy.Default;
        var authorization = new RequestSigner(_root, region, service, policy).Authorization(
            new SignableRequest("PUT", "/", "", headers), declared ?? Payload.Hash(bytes), s_now);
        headers.Add("Authorization", authorization);
        return new WireRequest { Method = "PUT", Host = "x", Headers = headers, Body = bytes };
    }
}
