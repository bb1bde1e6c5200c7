using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Host.Api;
using State = Nines.Control.Services.Ec2.NetworkInterfaces.InterfaceAttachmentState;

namespace Nines.Control.Tests.Services.Ec2.NetworkInterfaces;

public sealed class InterfaceAttachmentPlanTests : IAsyncLifetime
{
    private ComputeFixture _cloud = null!;
    private Instance _instance = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await ComputeFixture.CreateAsync();
        _instance = await _cloud.RunningAsync();
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Theory]
    [InlineData("Attaching", "Running", true, "Attached")]
    [InlineData("Attaching", "Running", false, "Attaching")]
    [InlineData("Attaching", "Ended", false, "Attached")]
    [InlineData("Attached", "Running", false, "Attached")]
    [InlineData("Detaching", "Running", true, "Detaching")]
    [InlineData("Detaching", "Running", false, null)]
    [InlineData("Detaching", "Starting", false, "Detaching")]
    [InlineData("Detaching", "Ended", false, null)]
    public void An_interface_is_where_its_machine_says(string state, string machine, bool has, string? expected)
    {
        var adapter = Of(Enum.Parse<State>(state));

        var next = InterfaceAttachmentPlan.Observe(adapter, _instance, Observed(Enum.Parse<VmState>(machine), has ? adapter.MacAddress : null));

        next.Attachment?.State.ToString().ShouldBe(expected);
        next.PrivateIpAddress.ShouldBe(adapter.PrivateIpAddress);
    }

    [Fact]
    public void What_is_said_of_an_earlier_start_says_nothing()
    {
        var adapter = Of(State.Detaching);

        InterfaceAttachmentPlan.Observe(adapter, _instance with { BootGeneration = 2 }, Observed(VmState.Ended, null)).ShouldBeSameAs(adapter);
    }

    private NetworkInterface Of(State state)
    {
        var adapter = _cloud.Cloud.Find(NetworkInterface.Table, ComputeFixture.Account, _instance.NetworkInterfaceIds[0])!;
        return adapter with { Attachment = adapter.Attachment! with { State = state } };
    }

    private VmStatus Observed(VmState state, string? mac) => new()
    {
        Id = _instance.Id,
        State = state,
        BootGeneration = 1,
        Since = DateTimeOffset.UnixEpoch,
        Adapters = mac is null ? MacAddresses.None : MacAddresses.Of([mac]),
    };
}
