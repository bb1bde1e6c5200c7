using Nines.Api.Ec2;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.SerialConsoles;

public sealed class SerialConsoleTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task An_account_closes_its_consoles_and_opens_them_again()
    {
        var id = (await _cloud.RunningAsync()).Id;
        await (await OpenAsync(id)).DisposeAsync();
        (await IsOpenAsync()).ShouldBe(true);
        (await _cloud.CallAsync(Ec2Api.DisableSerialConsoleAccess, new DisableSerialConsoleAccessRequest())).SerialConsoleAccessEnabled.ShouldBe(false);
        (await IsOpenAsync()).ShouldBe(false);
        (await Should.ThrowAsync<AwsException>(() => OpenAsync(id))).Code.ShouldBe("SerialConsoleSessionUnavailable");
        (await Should.ThrowAsync<AwsException>(() => _cloud.CallAsync(Ec2Api.EnableSerialConsoleAccess, new EnableSerialConsoleAccessRequest { DryRun = true }))).Code.ShouldBe("DryRunOperation");
        await _cloud.CallAsync(Ec2Api.EnableSerialConsoleAccess, new EnableSerialConsoleAccessRequest());
        await (await OpenAsync(id)).DisposeAsync();
    }

    private Task<Stream> OpenAsync(string id) => _cloud.Compute.Consoles.OpenAsync(ComputeFixture.Account, id, Cancel);

    private async Task<bool?> IsOpenAsync() => (await _cloud.CallAsync(Ec2Api.GetSerialConsoleAccessStatus, new GetSerialConsoleAccessStatusRequest())).SerialConsoleAccessEnabled;
}
