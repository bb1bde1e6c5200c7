using Nines.Control.Admin;
using Nines.Control.Identity;
using Nines.Control.Tests.Identity;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;

namespace Nines.Control.Tests.Admin;

public sealed class AccountAdminTests : IAsyncLifetime
{
    private readonly List<string> _begun = [];
    private IdentityFixture _identity = null!;
    private AccountAdmin _accounts = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _identity = await IdentityFixture.CreateAsync(Cancel);
        await _identity.Bootstrap.EnsureAsync(new(), Cancel);
        _accounts = new AccountAdmin(_identity.Cloud, _identity.Keys, _identity.Generator, (_, id) => _begun.Add(id));
    }

    public ValueTask DisposeAsync() => _identity.DisposeAsync();

    [Fact]
    public async Task An_account_has_keys_of_its_own_and_what_a_new_one_has()
    {
        var made = await CreateAsync("partner");

        made.AccountId.ShouldMatch("^[1-9][0-9]{11}$");
        _begun.ShouldBe([made.AccountId]);
        var (key, secret) = _identity.Keys.Find(made.AccessKeyId)!.Value;
        (key.AccountId, secret).ShouldBe((made.AccountId, made.SecretAccessKey));
        (await CreateAsync("third", "333322221111")).AccountId.ShouldBe("333322221111");
        _accounts.List().Accounts.Select(account => account.Name).ShouldBe([null, "partner", "third"]);
    }

    [Theory]
    [InlineData("partner", null, "EntityAlreadyExists")]
    [InlineData("default", null, "EntityAlreadyExists")]
    [InlineData("other", IdentityOptions.DefaultAccountId, "EntityAlreadyExists")]
    [InlineData("other", "137112412989", "EntityAlreadyExists")]
    [InlineData("other", "12", "ValidationException")]
    [InlineData("Other", null, "ValidationException")]
    [InlineData("other]", null, "ValidationException")]
    [InlineData("", null, "ValidationException")]
    [InlineData(null, null, "ValidationException")]
    public async Task A_name_or_id_that_is_taken_or_none_is_refused(string? name, string? id, string code)
    {
        await CreateAsync("partner");

        (await Should.ThrowAsync<AwsException>(() => CreateAsync(name, id))).Code.ShouldBe(code);

        _identity.Cloud.CountAll(Account.Table).ShouldBe(2);
        _identity.Cloud.CountAll(AccessKey.Table).ShouldBe(2);
    }

    private Task<AccountResult> CreateAsync(string? name, string? id = null) =>
        _accounts.CreateAsync(ComputeFixture.NewCall("nines:CreateAccount"), new AccountRequest(name, id), Cancel);
}
