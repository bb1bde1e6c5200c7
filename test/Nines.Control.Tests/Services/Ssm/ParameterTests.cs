using System.Security.Cryptography;
using Nines.Api.Ssm;
using Nines.Control.Admin;
using Nines.Control.Gateway;
using Nines.Control.Secrets;
using Nines.Control.Services.Ssm.Parameters;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;
using Nines.Wire.Schemas;
using Parameter = Nines.Control.Services.Ssm.Parameters.Parameter;

namespace Nines.Control.Tests.Services.Ssm;

public sealed class ParameterTests : IAsyncLifetime
{
    private const string Image = "ami-0123456789abcdef0";
    private static readonly PublicParameter Public = new("/aws/service/nines/tiny/latest", Image, 7, DateTimeOffset.UnixEpoch);
    private readonly SqliteStore _store = SqliteStore.OpenInMemory();
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly OperationTable _operations = new();
    private SecretBox _box = null!;
    private Cloud _cloud = null!;

    public async ValueTask InitializeAsync()
    {
        _box = new SecretBox(RandomNumberGenerator.GetBytes(SecretBox.MasterKeyBytes), _random);
        _cloud = await Cloud.OpenAsync(_store, [Parameter.Table], cancellationToken: CancellationToken.None);
        new ParameterOperations(_cloud, _box, () => [Public]).Map(_operations);
        new ParameterChanges(_cloud, _box, (_, id) => id == Image).Map(_operations);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        await _store.DisposeAsync();
        _box.Dispose();
        _random.Dispose();
    }

    [Fact]
    public async Task What_is_secret_lies_sealed_in_the_store_and_opens_for_its_own_name_alone()
    {
        await PutAsync(new() { Name = "/db/password", Value = "correct horse", Type = "SecureString" });

        var stored = _cloud.Find(Parameter.Table, ComputeFixture.Account, "/db/password")!;
        stored.Newest.Value.ShouldNotContain("correct");
        (await GetAsync("/db/password")).Value.ShouldBe(stored.Newest.Value);
        (await GetAsync("/db/password", decrypts: true)).Value.ShouldBe("correct horse");
        await _cloud.WriteAsync(transaction => transaction.Insert(Parameter.Table, stored with { Id = "/db/other" }), CancellationToken.None);
        await Should.ThrowAsync<CryptographicException>(() => GetAsync("/db/other", decrypts: true));
    }

    [Fact]
    public async Task A_hundred_versions_are_kept()
    {
        for (var number = 1; number <= 102; number++)
        {
            (await PutAsync(new() { Name = "counter", Value = $"{number}", Type = "String", Overwrite = true })).Version.ShouldBe(number);
        }

        var newest = await GetAsync("counter");
        (newest.Value, newest.Version, newest.Selector).ShouldBe(("102", 102, null));
        var old = await GetAsync("counter:3");
        (old.Value, old.Version, old.Selector).ShouldBe(("3", 3, ":3"));
        (await RefusedAsync(() => GetAsync("counter:2"))).ShouldBe("ParameterVersionNotFound");
        (await RefusedAsync(() => GetAsync("counter:production"))).ShouldBe("ParameterVersionNotFound");
        (await GetAsync($"arn:aws:ssm:us-east-1:{ComputeFixture.Account}:parameter/counter")).Value.ShouldBe("102");
    }

    [Theory]
    [InlineData(null, "String", "v", "ValidationException")]
    [InlineData("a//b", "String", "v", "ValidationException")]
    [InlineData("a/b", "String", "v", "ValidationException")]
    [InlineData("/a/b/", "String", "v", "ValidationException")]
    [InlineData("/a b", "String", "v", "ValidationException")]
    [InlineData("/SSM/b", "String", "v", "ValidationException")]
    [InlineData("/aws/service/mine", "String", "v", "AccessDeniedException")]
    [InlineData("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "String", "v", "HierarchyLevelLimitExceededException")]
    [InlineData("name", null, "v", "ValidationException")]
    [InlineData("name", "Number", "v", "ValidationException")]
    [InlineData("name", "String", "", "ValidationException")]
    public async Task What_is_no_parameter_is_refused(string? name, string? type, string value, string code) =>
        (await RefusedAsync(() => PutAsync(new() { Name = name, Type = type, Value = value }))).ShouldBe(code);

    [Fact]
    public async Task Values_keep_the_rules_of_their_parameter()
    {
        var request = new PutParameterRequest { Name = "/rules", Type = "String", Value = "v" };
        (await RefusedAsync(() => PutAsync(request with { Value = new string('v', 4097) }))).ShouldBe("ValidationException");
        (await PutAsync(request with { Name = "/large", Value = new string('v', 4097), Tier = "Intelligent-Tiering" })).Tier.ShouldBe("Advanced");
        (await RefusedAsync(() => PutAsync(request with { Value = new string('v', 8193), Tier = "Advanced" }))).ShouldBe("ValidationException");
        (await RefusedAsync(() => PutAsync(request with { AllowedPattern = "[a-c]" }))).ShouldBe("ParameterPatternMismatchException");
        (await RefusedAsync(() => PutAsync(request with { AllowedPattern = "(" }))).ShouldBe("InvalidAllowedPatternException");
        (await RefusedAsync(() => PutAsync(request with { DataType = "aws:ec2:image" }))).ShouldBe("ValidationException");
        (await RefusedAsync(() => PutAsync(request with { KeyId = "alias/mine", Type = "SecureString" }))).ShouldBe("InvalidKeyId");
        (await RefusedAsync(() => PutAsync(request with { Policies = """[{"Type":"Expiration"}]""" }))).ShouldBe("ValidationException");
        (await RefusedAsync(() => PutAsync(request with { Overwrite = true, Tags = [new Tag { Key = "a", Value = "b" }] }))).ShouldBe("ValidationException");
        _cloud.List(Parameter.Table, ComputeFixture.Account).Select(parameter => parameter.Id).ShouldBe(["/large"]);

        await PutAsync(request with { Value = Image, DataType = "aws:ec2:image", AllowedPattern = "ami-.*" });
        (await RefusedAsync(() => PutAsync(request))).ShouldBe("ParameterAlreadyExists");
        (await RefusedAsync(() => PutAsync(request with { Overwrite = true }))).ShouldBe("ParameterPatternMismatchException", "the pattern stays");
        (await RefusedAsync(() => PutAsync(request with { Overwrite = true, Type = "SecureString", Value = Image }))).ShouldBe("HierarchyTypeMismatchException");
    }

    [Fact]
    public async Task They_are_listed_by_path_by_filter_and_page_by_page()
    {
        foreach (var name in new[] { "/a/1", "/a/2", "/a/b/3", "/ab/4", "plain" })
        {
            await PutAsync(new() { Name = name, Value = "v", Type = name == "plain" ? "StringList" : "String" });
        }

        (await PathAsync("/a")).ShouldBe("/a/1 /a/2");
        (await PathAsync("/a/", recursive: true)).ShouldBe("/a/1 /a/2 /a/b/3");
        (await PathAsync("/", recursive: true)).ShouldBe("/a/1 /a/2 /a/b/3 /ab/4 " + Public.Name);
        (await PathAsync("/aws/service/nines", recursive: true)).ShouldBe(Public.Name);
        (await RefusedAsync(() => PathAsync("a"))).ShouldBe("ValidationException");
        (await DescribedAsync(new() { Key = "Name", Option = "BeginsWith", Values = ["a"] })).ShouldBe("/a/1 /a/2 /a/b/3 /ab/4");
        (await DescribedAsync(new() { Key = "Name", Values = ["plain"] })).ShouldBe("plain");
        (await DescribedAsync(new() { Key = "Path", Values = ["/a"] })).ShouldBe("/a/1 /a/2");
        (await DescribedAsync(new() { Key = "Type", Values = ["StringList"] })).ShouldBe("plain");
        (await RefusedAsync(() => DescribedAsync(new() { Key = "Colour", Values = ["red"] }))).ShouldBe("InvalidFilterKey");
        var first = await CallAsync(SsmApi.DescribeParameters, new() { MaxResults = 3 });
        var second = await CallAsync(SsmApi.DescribeParameters, new() { MaxResults = 3, NextToken = first.NextToken });
        first.Parameters!.Concat(second.Parameters!).Select(parameter => parameter.Name).ShouldBe(["/a/1", "/a/2", "/a/b/3", "/ab/4", "plain"]);
        second.NextToken.ShouldBeNull();
        (await RefusedAsync(() => CallAsync(SsmApi.DescribeParameters, new() { MaxResults = 51 }))).ShouldBe("ValidationException");
        (await RefusedAsync(() => CallAsync(SsmApi.DescribeParameters, new() { NextToken = "*" }))).ShouldBe("InvalidNextToken");
    }

    [Fact]
    public async Task Those_of_another_account_are_not_there_and_a_reset_takes_ones_own()
    {
        await PutAsync(new() { Name = "mine", Value = "v", Type = "String" });
        (await RefusedAsync(() => CallAsync(SsmApi.GetParameter, new() { Name = "mine" }, ComputeFixture.OtherAccount))).ShouldBe("ParameterNotFound");
        (await CallAsync(SsmApi.GetParameter, new() { Name = $"{Public.Name}:7" }, ComputeFixture.OtherAccount)).Parameter!.Value.ShouldBe(Image);
        (await RefusedAsync(() => CallAsync(SsmApi.DeleteParameter, new() { Name = Public.Name }))).ShouldBe("ParameterNotFound");
        (await RefusedAsync(() => CallAsync(SsmApi.ListTagsForResource, new() { ResourceType = "Document", ResourceId = "mine" }))).ShouldBe("InvalidResourceType");
        (await RefusedAsync(() => CallAsync(SsmApi.ListTagsForResource, new() { ResourceType = "Parameter", ResourceId = "yours" }))).ShouldBe("InvalidResourceId");

        IResetter resetter = new ParameterResetter();
        await _cloud.WriteAsync(transaction => { resetter.Reset(transaction, ComputeFixture.Account); }, CancellationToken.None);
        _cloud.List(Parameter.Table, ComputeFixture.Account).ShouldBeEmpty();
    }

    private Task<PutParameterResult> PutAsync(PutParameterRequest request) => CallAsync(SsmApi.PutParameter, request);

    private async Task<Api.Ssm.Parameter> GetAsync(string name, bool decrypts = false) => (await CallAsync(SsmApi.GetParameter, new() { Name = name, WithDecryption = decrypts })).Parameter!;

    private async Task<string> PathAsync(string path, bool recursive = false) =>
        string.Join(' ', (await CallAsync(SsmApi.GetParametersByPath, new() { Path = path, Recursive = recursive })).Parameters!.Select(parameter => parameter.Name));

    private async Task<string> DescribedAsync(ParameterStringFilter filter) =>
        string.Join(' ', (await CallAsync(SsmApi.DescribeParameters, new() { ParameterFilters = [filter] })).Parameters!.Select(parameter => parameter.Name));

    private async Task<TOut> CallAsync<TIn, TOut>(Operation<TIn, TOut> operation, TIn input, string account = ComputeFixture.Account)
        where TIn : IShape<TIn>
        where TOut : IShape<TOut>
    {
        var mapped = _operations.Find(operation)!;
        return (TOut)await mapped.InvokeAsync(input, ComputeFixture.NewCall(mapped.Action, false, input, account), CancellationToken.None);
    }

    private static async Task<string> RefusedAsync(Func<Task> call) => (await call.ShouldThrowAsync<AwsException>()).Code;
}
