using System.Diagnostics;
using Nines.Control.Store;

namespace Nines.Control.Tests.Store;

public sealed class StateDirectoryTests : IDisposable
{
    private readonly StateFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_is_made_for_its_owner_alone()
    {
        using var directory = await StateDirectory.OpenAsync(_folder.At("new"), Cancellation);
        File.GetUnixFileMode(directory.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        StateDirectory.HolderOf(directory.Path).ShouldBe(Environment.ProcessId);
    }

    [Fact]
    public async Task It_is_held_by_one_at_a_time()
    {
        using (await OpenAsync())
        {
            var refusal = (await Should.ThrowAsync<StoreException>(() => OpenAsync())).Message;
            refusal.ShouldContain($"process {Environment.ProcessId}");
            refusal.ShouldContain("nines down");
        }
        using (await OpenAsync())
            StateDirectory.HolderOf(_folder.Path).ShouldBe(Environment.ProcessId);
        StateDirectory.HolderOf(_folder.Path).ShouldBeNull();
    }

    [Fact]
    public async Task What_a_killed_process_holds_a_moment_longer_is_waited_for()
    {
        using (await OpenAsync())
        {
        }

        // A child of one that is gone: it has the lock, and the file names a process that is no more.
        using var gone = Process.Start("true");
        await gone.WaitForExitAsync(Cancellation);
        await File.WriteAllTextAsync(_folder.At("pid"), $"{gone.Id}\n", Cancellation);
        var held = new FileStream(_folder.At("lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        var opening = OpenAsync();
        await Task.Delay(100, Cancellation);
        opening.IsCompleted.ShouldBeFalse();
        await held.DisposeAsync();
        using var directory = await opening;
        StateDirectory.HolderOf(_folder.Path).ShouldBe(Environment.ProcessId);
    }

    [Fact]
    public async Task Another_user_s_is_refused()
    {
        var foreign = "/usr";
        if (FileSystem.EffectiveUserId == 0)
        {
            foreign = _folder.Path;
            using var chown = Process.Start("chown", ["65534", foreign]);
            await chown.WaitForExitAsync(Cancellation);
        }
        (await Should.ThrowAsync<StoreException>(() => StateDirectory.OpenAsync(foreign, Cancellation))).Message.ShouldContain("belongs to user");
    }

    [Fact]
    public async Task A_file_in_its_place_is_told()
    {
        File.WriteAllText(_folder.At("file"), "");
        (await Should.ThrowAsync<StoreException>(() => StateDirectory.OpenAsync(_folder.At("file"), Cancellation))).Message.ShouldContain("cannot be used");
    }

    private Task<StateDirectory> OpenAsync() => StateDirectory.OpenAsync(_folder.Path, Cancellation);
}
