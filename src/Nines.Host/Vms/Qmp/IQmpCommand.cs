namespace Nines.Host.Vms.Qmp;

/// <summary>A command of the QEMU Machine Protocol; its properties are the command's arguments (QEMU QMP Reference Manual).</summary>
/// <typeparam name="TResult">What it returns.</typeparam>
internal interface IQmpCommand<TResult>
{
    /// <summary>The command's name on the wire.</summary>
    static abstract string Name { get; }
}
