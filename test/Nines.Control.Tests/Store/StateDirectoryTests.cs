using System.Diagnostics;
using Nines.Control.Store;

namespace Nines.Control.Tests.Store;

public sealed class StateDirectoryTests : IDisposable
{
    private readonly StateFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_made_for_its_owner_alone()
    {
        using var directory = StateDirectory.Open(_folder.At("new"));
        File.GetUnixFileMode(directory.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        StateDirectory.HolderOf(directory.Path).ShouldBe(Environment.ProcessId);
    }

    [Fact]
    public void It_is_held_by_one_at_a_time()
    {
        using (StateDirectory.Open(_folder.Path))
        {
            var refusal = Should.Throw<StoreException>(() => StateDirectory.Open(_folder.Path)).Message;
            refusal.ShouldContain($"process {Environment.ProcessId}");
            refusal.ShouldContain("nines down");
        }
        using (StateDirectory.Open(_folder.Path))
            StateDirectory.HolderOf(_folder.Path).ShouldBe(Environment.ProcessId);
        StateDirectory.HolderOf(_folder.Path).ShouldBeNull();
    }

    [Fact]
    public async Task Another_user_s_is_refused()
    {
        var foreign = "/usr";
        if (FileSystem.EffectiveUserId == 0)
        {
            foreign = _folder.Path;
            using var chown = Process.Start("chown", ["65534", foreign]);
            await chown.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Should.Throw<StoreException>(() => StateDirectory.Open(foreign)).Message.ShouldContain("belongs to user");
    }

    [Fact]
    public void A_file_in_its_place_is_told()
    {
        File.WriteAllText(_folder.At("file"), "");
        Should.Throw<StoreException>(() => StateDirectory.Open(_folder.At("file"))).Message.ShouldContain("cannot be used");
    }
}
