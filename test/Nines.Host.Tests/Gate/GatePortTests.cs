using System.Net.Sockets;
using System.Text;
using Nines.Host.Gate;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Gate;

public sealed class GatePortTests : IDisposable
{
    private const string BootId = "11111111-2222-4333-a444-555555555555";
    private readonly string _folder = Directory.CreateTempSubdirectory("gate").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("gate 1", false, null)]
    [InlineData("gate 1 boot-id=" + BootId, false, BootId)]
    [InlineData("gate 1 any-disk", true, null)]
    [InlineData("gate 1 any-disk boot-id=" + BootId, true, BootId)]
    [InlineData("gate 1 any-disk later-words", false, null)]
    [InlineData("gate 1 any-disk rehearses boot-id=" + BootId, true, BootId, true)]
    public async Task A_guest_at_the_gate_says_what_it_is(string says, bool hasOldDisk, string? bootId, bool rehearses = false) =>
        (await HearAsync(says, hasOldDisk)).ShouldBe(new GuestAtGate(bootId, rehearses));

    [Fact]
    public async Task A_guest_says_that_it_has_rehearsed_or_why_not()
    {
        await ConnectedAsync("rehearsed", port => port.WaitUntilRehearsedAsync(Cancellation));

        var refusal = await Should.ThrowAsync<VmStartException>(() => ConnectedAsync("not rehearsed: no time", port => port.WaitUntilRehearsedAsync(Cancellation)));
        refusal.Message.ShouldContain("no time");
    }

    [Theory]
    [InlineData("hello", false, "said 'hello'")]
    [InlineData("gate 2", false, "said 'gate 2'")]
    [InlineData("gate 1 boot-id=x", false, "not a UUID")]
    [InlineData("gate 1 boot-id=" + BootId, true, "would be that server")]
    public async Task Any_other_is_not_kept(string says, bool hasOldDisk, string why) =>
        (await Should.ThrowAsync<VmStartException>(() => HearAsync(says, hasOldDisk))).Message.ShouldContain(why);

    private async Task<GuestAtGate> HearAsync(string says, bool hasOldDisk)
    {
        GuestAtGate? heard = null;
        await ConnectedAsync(says, async port => heard = await port.WaitForGuestAsync(hasOldDisk, Cancellation));
        return heard!;
    }

    private async Task ConnectedAsync(string says, Func<GatePort, Task> hear)
    {
        var path = Path.Combine(_folder, "port");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var port = await GatePort.ConnectAsync(path, Cancellation);
        using var guest = await listener.AcceptAsync(Cancellation);
        await guest.SendAsync(Encoding.UTF8.GetBytes(says + "\n"), Cancellation);
        await hear(port);
        File.Delete(path);
    }
}
