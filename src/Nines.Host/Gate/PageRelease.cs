using System.Text;
using Nines.Host.Forks;
using Nines.Host.Processes;

namespace Nines.Host.Gate;

/// <summary>
/// Lets a hypervisor give back pages that its guest has freed (free page reporting) where the guest's memory is kept memory, mapped copy-on-write. QEMU cuts such a page out of the file that it has
/// opened for the memory, and only then drops its own; sealed memory lets nobody cut. So another file, empty for good, takes the place of that file: there is nothing to cut, and
/// what is dropped is this guest's own page.
/// </summary>
internal static class PageRelease
{
    /// <summary>What the empty file is called in <c>/proc/PID/fd</c>.</summary>
    public const string FileName = "/memfd:" + Name;

    private const string Name = "nines-freed";
    private const int CallClose = 3;
    private const int CallDup2 = 33;
    private const int CallFcntl = 72;
    private const int CallMemfdCreate = 319;

    /// <summary>Whether it can be done on this machine; where it cannot, guests of kept memory report nothing.</summary>
    public static bool IsSupported => FrozenProcess.IsSupported;

    /// <summary>Puts the empty file in the place of the sealed memory in a hypervisor that has it mapped already.</summary>
    /// <exception cref="IOException">The process is gone, or may not be traced.</exception>
    /// <exception cref="UnauthorizedAccessException">Its memory may not be written to.</exception>
    public static async Task AllowAsync(ProcessIdentity process, CancellationToken cancellationToken)
    {
        if (IsSupported)
        {
            using var tracer = new Tracer();
            await tracer.RunAsync(() => Allow(process.Pid)).WaitAsync(cancellationToken);
        }
    }

    private static bool Allow(int pid)
    {
        var places = ProcessDescriptor.AllOf(pid).Where(descriptor => descriptor.Target.StartsWith(SealedMemory.MappingName, StringComparison.Ordinal)).Select(descriptor => (ulong)descriptor.Number);
        using var thread = BorrowedThread.Borrow(pid);
        thread.Write(thread.Scratch, [.. Encoding.ASCII.GetBytes(Name), 0]);
        var empty = (ulong)thread.Call(CallMemfdCreate, thread.Scratch, SealedMemory.Flags);
        thread.Call(CallFcntl, empty, SealedMemory.AddSeals, SealedMemory.SealAgainstSizes);
        foreach (var place in places)
        {
            thread.Call(CallDup2, empty, place);
        }

        thread.Call(CallClose, empty);
        return true;
    }
}
